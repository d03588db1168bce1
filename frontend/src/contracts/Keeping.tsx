import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Checkbox, Form, Input, Modal, Problem, Segmented, Upload } from "../ui";
import { Checked, Verdict } from "./Differences";
import type { Check, Other } from "./model";

type Said = { kind: "consumer" | "source"; name: string; subject: string; owner: string; blocks: boolean; text: string };

/** A contract of somebody else: looked at first, then kept. */
export function Keeping({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useSpeech();
  const [said, setSaid] = useState<Said>({ kind: "consumer", name: "", subject: "", owner: "", blocks: false, text: "" });
  const [file, setFile] = useState("");
  const [seen, setSeen] = useState<Other & { check: Check }>();
  const [problem, setProblem] = useState<ProblemError>();
  const put = (more: Partial<Said>) => { setSaid({ ...said, ...more }); setSeen(undefined); };
  const { name, ...body } = said;
  const whole = name && said.subject && said.owner && said.text;
  const ask = async (method: "POST" | "PUT") => {
    setProblem(undefined);
    try {
      const path = `/contracts-of-others/${encodeURIComponent(name)}`;
      if (method === "PUT") {
        await send("PUT", path, body);
        onDone();
      } else setSeen(await send<Other & { check: Check }>("POST", `${path}/trial`, body));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Modal open title={t("contracts.import")} width={860} footer={null} onCancel={onClose}>
      <p>{t("contracts.import.about")}</p>
      <Form layout="vertical" onFinish={() => void ask("POST")}>
        <Form.Item label={t("kind")}><Segmented aria-label={t("kind")} value={said.kind} onChange={(kind) => put({ kind: kind as Said["kind"], blocks: false })} options={(["consumer", "source"] as const).map((k) => ({ value: k, label: t(`contracts.part.${k}`) }))} /></Form.Item>
        <Form.Item label={t("contracts.file")}>
          <Upload accept=".yaml,.yml,.json" maxCount={1} showUploadList={false} beforeUpload={(f) => { void f.text().then((text) => { setFile(f.name); put({ text, name: name || (f.name.split(".")[0] ?? "").toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[^a-z]+/, "") }); }); return false; }}>
            <Button>{t("contracts.file.choose")}</Button>
          </Upload> <span className="mono quiet">{file}</span>
        </Form.Item>
        <Form.Item label={t("name")} htmlFor="contract-name"><Input id="contract-name" value={name} onChange={(e) => put({ name: e.target.value })} /></Form.Item>
        <Form.Item label={t("contracts.of")} htmlFor="contract-subject" extra={t(`contracts.of.${said.kind}`)}><Input id="contract-subject" className="mono" value={said.subject} onChange={(e) => put({ subject: e.target.value })} /></Form.Item>
        <Form.Item label={t("owner")} htmlFor="contract-owner" extra={t("contracts.owner.hint")}><Input id="contract-owner" value={said.owner} onChange={(e) => put({ owner: e.target.value })} /></Form.Item>
        {said.kind === "consumer" && <Form.Item><Checkbox checked={said.blocks} onChange={(e) => put({ blocks: e.target.checked })}>{t("contracts.blocks.about")}</Checkbox></Form.Item>}
        <Problem of={problem} />
        {seen && <><p role="status"><Verdict of={seen.check.verdict} /></p><Checked of={seen.check} /></>}
        <p className="bar"><Button htmlType="submit" disabled={!whole}>{t("contracts.try")}</Button><Button type="primary" disabled={!seen} onClick={() => void ask("PUT")}>{t("contracts.keep")}</Button></p>
      </Form>
    </Modal>
  );
}
