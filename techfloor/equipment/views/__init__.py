"""The pages of equipment."""

from techfloor.equipment.views import certificates, digital, entering, holding, labelling, register, seeing
from techfloor.equipment.views.common import PERMISSIONS, pages

__all__ = ["PERMISSIONS", "certificates", "digital", "entering", "holding", "labelling", "pages", "register", "seeing"]
