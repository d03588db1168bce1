"""How organisations belong together: a branch is no legal person of its own, a subsidiary is one (公司法 art. 13)."""

from medthread.model import Label, LinkKind

BRANCH = LinkKind("branch", Label("分支机构", "Branch"), Label("总公司", "Head office"), told_by="branch")
GROUP = LinkKind("group", Label("集团成员", "Group member"), Label("集团母公司", "Group parent"), told_by="group")
ALLIANCE = LinkKind("alliance", Label("联合体成员", "Alliance member"), Label("牵头单位", "Leading institution"))
