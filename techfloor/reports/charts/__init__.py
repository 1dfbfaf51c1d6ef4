"""Charts as coordinates: all arithmetic happens here, the templates only draw.

One SVG serves the screen and the PDF. Coordinates are floats in the units of the chart's own box, origin
top left, rounded to a tenth; they are drawn and never go back into a record.
"""

from techfloor.reports.charts.bar import ToleranceBar, tolerance_bar
from techfloor.reports.charts.control import ControlChart, ControlPoint, UsualLimits, control_chart
from techfloor.reports.charts.drift import BandPoint, DriftChart, DriftPoint, drift_chart
from techfloor.reports.charts.errors import ErrorChart, ErrorPoint, error_chart
from techfloor.reports.charts.layers import Box, LayersChart, layers_chart
from techfloor.reports.charts.panels import Panel, PanelChart, PanelLimits, Place, panel_chart

__all__ = [
    "BandPoint",
    "Box",
    "ControlChart",
    "ControlPoint",
    "DriftChart",
    "DriftPoint",
    "ErrorChart",
    "ErrorPoint",
    "LayersChart",
    "Panel",
    "PanelChart",
    "PanelLimits",
    "Place",
    "ToleranceBar",
    "UsualLimits",
    "control_chart",
    "drift_chart",
    "error_chart",
    "layers_chart",
    "panel_chart",
    "tolerance_bar",
]
