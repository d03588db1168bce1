import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Modal, oneOf, Part, Problem, Quiet, Table, Waiting } from "../ui";
import { Fields, keyOf, Where, type Asking, type Judged, type Kept, type Told } from "./found";

/** First what would go and what must stay and why; only then, and apart, the erasure itself. */
export function Erasing({ asked, onDone }: { asked: Asking; onDone: () => void }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const [plan, setPlan] = useState<Judged>();
  const [done, setDone] = useState<Judged>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const ask = async (confirm: boolean, heard: (made: Judged) => void) => {
    setBusy(true);
    setProblem(undefined);
    try {
      heard(await send<Judged>("POST", "/privacy/erase", { ...asked, confirm }));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const begin = () => { setOpen(true); setPlan(undefined); setDone(undefined); void ask(false, setPlan); };
  const close = () => { setOpen(false); if (done) onDone(); };
  const goes = plan && (plan.goes.records.length > 0 || plan.goes.fields.length > 0);
  return (
    <>
      <Button danger onClick={begin}>{t("privacy.erase")}</Button>
      <Modal open={open} title={t("privacy.erase.title")} footer={null} onCancel={close} width={820} destroyOnHidden>
        <Problem of={problem} />
        {!plan && !problem && <Waiting />}
        {plan && !done && (
          <>
            <Plan of={plan} />
            <div className="bar end">
              {goes && <Button danger type="primary" loading={busy} onClick={() => void ask(true, setDone)}>{t("privacy.erase.confirm")}</Button>}
              <Button onClick={close} autoFocus>{t("cancel")}</Button>
            </div>
          </>
        )}
        {done && <><p className="said" role="status">{t("privacy.erased", { id: done.erasure ?? "" })}</p><Button type="primary" onClick={close} autoFocus>{t("close")}</Button></>}
      </Modal>
    </>
  );
}

function Plan({ of }: { of: Judged }) {
  const { t } = useSpeech();
  const here = new Set(of.goes.records.flatMap((r) => r.fields.map((f) => `${r.entity}.${f}`)));
  const lake = of.goes.fields.filter((f) => !here.has(f));
  return (
    <>
      <Part title={t("privacy.goes")}>
        {of.goes.records.length > 0 && (
          <Table<Told> fit label={t("privacy.goes")} rows={of.goes.records} id={keyOf} columns={[
            { name: "where", title: t("subject"), show: (r) => <Where of={r} /> }, { name: "fields", title: t("fields"), show: (r) => <Fields of={r} /> },
          ]} />
        )}
        {lake.length > 0 && <details><summary>{t("privacy.goes.lake", { n: lake.length })}</summary><p className="mono">{lake.join(", ")}</p></details>}
        {!of.goes.records.length && !lake.length && <Quiet>{t("privacy.goes.nothing")}</Quiet>}
        <Quiet>{t("privacy.goes.about")}</Quiet>
      </Part>
      <Part title={t("privacy.stays")}>{of.stays.length ? <Staying of={of.stays} /> : <Quiet>{t("privacy.stays.nothing")}</Quiet>}</Part>
    </>
  );
}

/** What must stay, each with the rule or hold that keeps it. */
function Staying({ of }: { of: Kept[] }) {
  const { t, word, language } = useSpeech();
  return (
    <Table<Kept> fit label={t("privacy.stays")} rows={of} id={(k) => `${keyOf(k)}.${k.field}`} columns={[
      { name: "where", title: t("subject"), show: (k) => <Where of={k} /> },
      { name: "field", title: t("field"), width: 120, show: (k) => word(k.field_labels[k.field]) || k.field },
      { name: "because", title: t("privacy.because"), show: (k) => oneOf(k.because, language) },
    ]} />
  );
}
