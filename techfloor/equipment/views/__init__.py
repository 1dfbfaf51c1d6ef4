"""The pages of equipment."""

from techfloor.equipment.views import certificates, digital, entering, holding, seeing
from techfloor.equipment.views.common import PERMISSIONS, pages

__all__ = ["PERMISSIONS", "certificates", "digital", "entering", "holding", "pages", "seeing"]
