"""The data definition handbook 数据口径手册: the dictionary as a controlled document, issued by version and signed by those who answer for its chapters."""

from medthread.governance.handbook.issue import WHOLE, Issue, Issues
from medthread.governance.handbook.page import html_of
from medthread.governance.handbook.setting import HandbookSetting

__all__ = ["WHOLE", "HandbookSetting", "Issue", "Issues", "html_of"]
