from medthread.model import Clock, Duty, EventType, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("batch.completed", "批生产完成", "Batch completed", "manufacturing"),
    EventType("batch.production_released", "生产放行", "Batch released from production", "manufacturing"),
    EventType("batch.handed_over", "批记录移交注册人", "Batch record handed to the registrant", "manufacturing"),
    EventType("batch.market_released", "上市放行", "Batch released to the market", "manufacturing"),
    EventType("batch.held", "批放行暂停", "Batch held", "manufacturing"),
    EventType("batch.rejected", "批拒收", "Batch rejected", "manufacturing"),
)
LOT_IS_CLEAN = (
    "no_held_ancestor", "lot_not_disposed_of", "no_open_nonconformance", "no_open_deviation", "lot_not_rejected_by_deviation", "no_open_inspection",
    "lot_read_by_sound_gauges",
)
RECORD_IS_COMPLETE = ("steps_complete", "materials_reconciled", "special_processes_validated")
PRODUCTION_RELEASE = (*LOT_IS_CLEAN, *RECORD_IS_COMPLETE, "final_inspection_accepted", "sterilisation_accepted")
MARKET_RELEASE = (*LOT_IS_CLEAN, "authorisation_valid", "authorisation_covers_model", "udi_as_published", "no_change_awaits_authority", "shelf_life_left")
BATCH_RELEASE = Process(
    name="batch_release",
    zh="批审核与放行",
    en="Batch review and release",
    states=(
        State("in_production", "生产中", "In production"),
        State("production_review", "生产审核", "Production review"),
        State("qc_review", "检验审核", "Laboratory review"),
        State("qa_review", "质量审核", "Quality review"),
        State("production_released", "已生产放行", "Released from production"),
        State("market_review", "上市审核", "Market review"),
        State("market_released", "已上市放行", "Released to the market"),
        State("on_hold", "暂停", "On hold"),
        State("rejected", "拒收", "Rejected"),
    ),
    initial=("in_production",),
    terminal=("market_released", "rejected"),
    transitions=(
        Transition(
            action="complete", zh="生产完成", en="Complete", from_=("in_production",), to="production_review", by="prod_mgr", meaning=Meaning.PERFORMED,
            asks=("quantity_made",), guards=("steps_complete", "materials_reconciled"), emits="batch.completed",
            evidence=Label("步骤已完成或说明,物料与标签平衡", "every step done or accounted for, materials and labels reconciled"),
        ),
        Transition(
            action="review_production", zh="生产审核", en="Production review", from_=("production_review",), to="qc_review", by="prod_mgr",
            meaning=Meaning.REVIEWED, guards=("exceptions_explained",), evidence=Label("例外已说明", "exceptions are explained"),
        ),
        Transition(
            action="send_back", zh="退回", en="Send back", from_=("production_review",), to="in_production", by="qa", meaning=Meaning.REJECTED, reason=True,
            evidence=Label("缺项以新行补正", "missing entries, corrected as new rows"),
        ),
        Transition(
            action="complete_tests", zh="检验完成", en="Tests complete", from_=("qc_review",), to="qa_review", by="qc_mgr", meaning=Meaning.REVIEWED,
            asks=("test_report",), guards=("final_inspection_accepted", "lot_read_by_sound_gauges", "sterilisation_accepted"),
            evidence=Label("按产品技术要求全项检验,无菌、BI、EO 残留到期", "every test of the technical requirement; sterility, BI, EO residue where due"),
        ),
        Transition(
            action="release_production", zh="生产放行", en="Production release", from_=("qa_review",), to="production_released", by="release",
            meaning=Meaning.RELEASED, guards=PRODUCTION_RELEASE, emits="batch.production_released",
            evidence=Label("无未了结的偏差、不合格、冻结、失准、培训缺口;上游无冻结", "nothing open on the lot, nothing held upstream"),
        ),
        Transition(
            action="hold", zh="暂停", en="Hold", from_=("qa_review",), to="on_hold", by="qa", meaning=Meaning.REJECTED, reason=True, emits="batch.held",
        ),
        Transition(
            action="hand_to_registrant", zh="移交注册人", en="Hand to the registrant", from_=("production_released",), to="market_review", by="system",
            emits="batch.handed_over", evidence=Label("完整记录移交;委托生产时以哈希副本", "the complete record is handed over, by copy with hashes when the maker is another company"),
        ),
        Transition(
            action="release_to_market", zh="上市放行", en="Market release", from_=("market_review",), to="market_released", by="market_release",
            meaning=Meaning.RELEASED, asks=("model_no", "jurisdiction", "certificate_no", "printed_di", "expires_on", "release_certificate"),
            guards=MARKET_RELEASE, emits="batch.market_released",
            evidence=Label("注册证有效,标签 UDI 与公布一致;不得委托", "authorisation in force, printed UDI as published; never delegated to the contract maker"),
        ),
        Transition(
            action="hold", zh="暂停", en="Hold", from_=("market_review",), to="on_hold", by="qa|market_release", meaning=Meaning.REJECTED, reason=True,
            emits="batch.held",
        ),
        Transition(
            action="unblock", zh="解除暂停", en="Unblock", from_=("on_hold",), to="qa_review", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
            guards=("no_held_ancestor", "no_open_nonconformance", "no_open_deviation"), evidence=Label("所有阻断已关闭", "every block is closed"),
        ),
        Transition(
            action="reject", zh="拒收", en="Reject", from_=("on_hold",), to="rejected", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
            emits="batch.rejected", evidence=Label("不合格处置", "the disposition of the nonconformance"),
        ),
        Transition(
            action="reject", zh="拒收", en="Reject", from_=("qa_review",), to="rejected", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
            emits="batch.rejected", evidence=Label("不合格处置", "the disposition of the nonconformance"),
        ),
    ),
    duties=(
        Duty("complete", "release_production"),
        Duty("review_production", "release_production"),
        Duty("complete_tests", "release_production"),
        Duty("complete", "release_to_market"),
        Duty("release_production", "release_to_market", apart="organisation", when="contract_manufacture"),
    ),
    clocks=(
        Clock(
            name="review", zh="审核放行时限", en="Review and release", span="5 d", since="production_review",
            until=("production_released", "on_hold", "rejected", "in_production"), basis="ISO 13485:2016 8.2.6; company default", warn=("1 d",), escalate="qa_mgr",
        ),
    ),
    clauses=(
        "ISO 13485:2016 8.2.6", "ISO 13485:2016 7.5.1", "ISO 13485:2016 7.5.9", "ISO 13485:2016 4.2.5", "21 CFR 820.35(c)", "21 CFR 820.45",
        "GMP 2025 质量控制与产品放行", "GMP 2025 委托生产与外协加工",
    ),
)
