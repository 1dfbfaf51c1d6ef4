"""The pages of equipment."""

from techfloor.equipment.views import certificates, entering, holding, seeing
from techfloor.equipment.views.common import PERMISSIONS, pages

__all__ = ["PERMISSIONS", "certificates", "entering", "holding", "pages", "seeing"]
