"""The pages of equipment."""

from techfloor.equipment.views import certificates, digital, entering, feeds, holding, labelling, register, seeing
from techfloor.equipment.views.common import PERMISSIONS, pages

all_pages = [pages, feeds.pages]

__all__ = [
    "PERMISSIONS",
    "all_pages",
    "certificates",
    "digital",
    "entering",
    "feeds",
    "holding",
    "labelling",
    "pages",
    "register",
    "seeing",
]
