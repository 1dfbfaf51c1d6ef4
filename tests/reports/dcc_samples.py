"""Digital certificates as laboratories write them, made by hand: each way to state a value and its uncertainty."""
# ruff: noqa: E501

VERSION_2 = "2.4.0"

BLOCKS = """
<dcc:result><dcc:name><dcc:content lang="de">Länge</dcc:content><dcc:content lang="en">Length</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_nominalValue"><dcc:name><dcc:content lang="en">Nominal length</dcc:content></dcc:name>
    <si:realListXMLList><si:valueXMLList>0.025 0.050 0.100</si:valueXMLList><si:unitXMLList>\\metre</si:unitXMLList></si:realListXMLList>
  </dcc:quantity>
  <dcc:quantity refType="length_deviationFromNominal">
    <si:realListXMLList><si:valueXMLList>0.02 -0.05 0.10</si:valueXMLList><si:unitXMLList>\\micro\\metre</si:unitXMLList>
    <si:measurementUncertaintyUnivariateXMLList><si:expandedMUXMLList><si:valueExpandedMUXMLList>0.07 0.08 0.10</si:valueExpandedMUXMLList>
    <si:coverageFactorXMLList>2</si:coverageFactorXMLList><si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
    </si:expandedMUXMLList></si:measurementUncertaintyUnivariateXMLList></si:realListXMLList>
  </dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A set of gauge blocks, by their deviations from the nominal length, in metres and micrometres (D-SI 2.1 and later)."""

WEIGHTS = """
<dcc:result><dcc:name><dcc:content>Masse</dcc:content></dcc:name><dcc:data>
 <dcc:list>
  <dcc:quantity><dcc:name><dcc:content lang="de">Nennwert</dcc:content></dcc:name>
   <si:list><si:listUnit>\\gram</si:listUnit><si:real><si:value>1</si:value></si:real><si:real><si:value>2</si:value></si:real></si:list>
  </dcc:quantity>
  <dcc:quantity><dcc:name><dcc:content lang="de">Konventioneller Wägewert</dcc:content></dcc:name>
   <si:list>
    <si:listUnivariateUnc><si:expandedUnc><si:uncertainty>3.0E-5</si:uncertainty><si:coverageFactor>2</si:coverageFactor>
    <si:coverageProbability>0.95</si:coverageProbability></si:expandedUnc></si:listUnivariateUnc>
    <si:real><si:value>1.00002</si:value><si:unit>\\gram</si:unit></si:real>
    <si:real><si:value>1.99997</si:value><si:unit>\\gram</si:unit></si:real>
   </si:list>
  </dcc:quantity>
 </dcc:list>
</dcc:data></dcc:result>
"""
"""Two weights in version 2: names instead of refTypes, German, numbers one by one with U for the list."""

SENSOR = """
<dcc:result refType="temperature_afterAdjustment"><dcc:name><dcc:content lang="en">Sensor</dcc:content></dcc:name><dcc:data>
 <dcc:list>
  <dcc:quantity refType="basic_referenceValue"><si:hybrid>
    <si:realListXMLList><si:valueXMLList>273.16 373.15</si:valueXMLList><si:unitXMLList>\\kelvin</si:unitXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>0.01 100.00</si:valueXMLList><si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList>
  </si:hybrid></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue">
   <si:realListXMLList><si:valueXMLList>0.05 100.12</si:valueXMLList><si:unitXMLList>\\degreecelsius \\degreecelsius</si:unitXMLList>
   <si:expandedUncXMLList><si:uncertaintyXMLList>0.02 0.03</si:uncertaintyXMLList><si:coverageFactorXMLList>2.0 2.0</si:coverageFactorXMLList>
   <si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList></si:expandedUncXMLList></si:realListXMLList>
  </dcc:quantity>
  <dcc:quantity refType="temperature_stability"><si:realListXMLList><si:valueXMLList>0.001 0.001</si:valueXMLList>
   <si:unitXMLList>\\kelvin</si:unitXMLList></si:realListXMLList></dcc:quantity>
 </dcc:list>
</dcc:data></dcc:result>
"""
"""A thermometer: the reference in two units, U as D-SI 2.0 wrote it, and a quantity that is none of the usual ones."""

RING = """
<dcc:result><dcc:name><dcc:content lang="en">Diameter</dcc:content></dcc:name><dcc:data>
  <dcc:quantity refType="basic_nominalValue"><si:real><si:value>20</si:value><si:unit>\\milli\\metre</si:unit></si:real></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:real><si:label>d</si:label><si:value>20.0004</si:value><si:unit>\\milli\\metre</si:unit>
   <si:measurementUncertaintyUnivariate><si:standardMU><si:valueStandardMU>0.0003</si:valueStandardMU></si:standardMU>
   </si:measurementUncertaintyUnivariate></si:real></dcc:quantity>
</dcc:data></dcc:result>
"""
"""One diameter as two numbers that stand alone, with a standard uncertainty."""

TORQUE = """
<dcc:result refType="basic_beforeAdjustment"><dcc:name><dcc:content lang="en">As found</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_nominalValue"><si:realListXMLList><si:valueXMLList>10 20</si:valueXMLList>
   <si:unitXMLList>\\newton\\metre</si:unitXMLList></si:realListXMLList></dcc:quantity>
  <dcc:quantity refType="basic_measurementError"><si:realListXMLList><si:valueXMLList>0.4 0.5</si:valueXMLList>
   <si:unitXMLList>\\newton\\metre</si:unitXMLList></si:realListXMLList></dcc:quantity>
</dcc:list></dcc:data></dcc:result>
<dcc:result refType="basic_afterAdjustment"><dcc:name><dcc:content lang="en">As left</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_nominalValue"><si:realListXMLList><si:valueXMLList>10 20</si:valueXMLList>
   <si:unitXMLList>\\newton\\metre</si:unitXMLList></si:realListXMLList></dcc:quantity>
  <dcc:quantity refType="basic_measurementError"><si:realListXMLList><si:valueXMLList>0.01 -0.02</si:valueXMLList>
   <si:unitXMLList>\\newton\\metre</si:unitXMLList>
   <si:expandedUncXMLList><si:uncertaintyXMLList>0.05 0.08</si:uncertaintyXMLList><si:coverageFactorXMLList>2 2.5</si:coverageFactorXMLList>
   <si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList></si:expandedUncXMLList></si:realListXMLList></dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A torque transducer before and after adjustment, by its errors; k differs from point to point."""


BEFORE = """
<dcc:influenceConditions><dcc:influenceCondition refType="basic_adjustment"><dcc:name><dcc:content lang="en">Adjustment</dcc:content></dcc:name>
 <dcc:status>beforeAdjustment</dcc:status><dcc:data><dcc:list>
  <dcc:quantity refType="basic_referenceValue"><si:realListXMLList><si:valueXMLList>50.01 99.98</si:valueXMLList>
   <si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:realListXMLList><si:valueXMLList>50.6 100.7</si:valueXMLList>
   <si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList></dcc:quantity>
 </dcc:list></dcc:data></dcc:influenceCondition></dcc:influenceConditions>
"""
"""What was found before an adjustment, among the conditions: the good practice of PTB for temperature."""

ADJUSTED = """
<dcc:result refType="gp_measuringResult1"><dcc:name><dcc:content lang="en">Measuring results</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_referenceValue"><si:hybrid>
    <si:realListXMLList><si:valueXMLList>323.17 373.12</si:valueXMLList><si:unitXMLList>\\kelvin</si:unitXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>50.02 99.97</si:valueXMLList><si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList>
  </si:hybrid></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:realListXMLList><si:valueXMLList>50.1 100.0</si:valueXMLList>
   <si:unitXMLList>\\degreecelsius</si:unitXMLList></si:realListXMLList></dcc:quantity>
  <dcc:quantity refType="basic_measurementError"><si:realListXMLList><si:valueXMLList>0.08 0.03</si:valueXMLList><si:unitXMLList>\\kelvin</si:unitXMLList>
   <si:expandedUncXMLList><si:uncertaintyXMLList>0.06</si:uncertaintyXMLList><si:coverageFactorXMLList>2</si:coverageFactorXMLList>
   <si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList><si:distributionXMLList>normal</si:distributionXMLList></si:expandedUncXMLList>
   </si:realListXMLList>
   <dcc:measurementMetaData><dcc:metaData refType="basic_conformity"><dcc:declaration><dcc:content lang="en">Class B</dcc:content></dcc:declaration>
    <dcc:conformityXMLList>pass</dcc:conformityXMLList></dcc:metaData></dcc:measurementMetaData>
  </dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A thermometer after its adjustment: what it conforms to stands at one column, one word for all points."""

HYGROMETER = """
<dcc:result><dcc:name><dcc:content lang="en">Humidity</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_referenceValue"><si:hybrid>
    <si:realListXMLList><si:valueXMLList>0.201 0.804</si:valueXMLList><si:unitXMLList>\\one</si:unitXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>20.1 80.4</si:valueXMLList><si:unitXMLList>\\percent</si:unitXMLList></si:realListXMLList>
  </si:hybrid></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:hybrid>
    <si:realListXMLList><si:valueXMLList>0.195 0.811</si:valueXMLList><si:unitXMLList>\\one</si:unitXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>19.5 81.1</si:valueXMLList><si:unitXMLList>\\percent</si:unitXMLList></si:realListXMLList>
  </si:hybrid></dcc:quantity>
  <dcc:quantity refType="basic_measurementError"><si:hybrid>
    <si:realListXMLList><si:valueXMLList>-0.006 0.007</si:valueXMLList><si:unitXMLList>\\one</si:unitXMLList>
     <si:measurementUncertaintyUnivariateXMLList><si:expandedMUXMLList><si:valueExpandedMUXMLList>0.005 0.009</si:valueExpandedMUXMLList>
     <si:coverageFactorXMLList>2</si:coverageFactorXMLList><si:coverageProbabilityXMLList>0.95</si:coverageProbabilityXMLList>
     </si:expandedMUXMLList></si:measurementUncertaintyUnivariateXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>-0.6 0.7</si:valueXMLList><si:unitXMLList>\\percent</si:unitXMLList></si:realListXMLList>
  </si:hybrid></dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A hygrometer: each number as a ratio and in percent, U at the ratio alone."""

LISTS = """
<dcc:result><dcc:name><dcc:content lang="en">Voltage</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity refType="basic_nominalValue"><si:list><si:realList><si:listUnit>\\volt</si:listUnit>
    <si:real><si:value>1</si:value></si:real><si:real><si:value>10</si:value></si:real></si:realList></si:list></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:list><si:realListXMLList><si:valueXMLList>1.0002 10.003</si:valueXMLList>
    <si:unitXMLList>\\volt</si:unitXMLList></si:realListXMLList></si:list>
    <dcc:relativeUncertainty><dcc:relativeUncertaintyXmlList><si:valueXMLList>0.01 0.02</si:valueXMLList><si:unitXMLList>\\percent</si:unitXMLList>
    </dcc:relativeUncertaintyXmlList></dcc:relativeUncertainty></dcc:quantity>
  <dcc:quantity refType="basic_measurementErrorRelative"><si:realListXMLList><si:valueXMLList>0.02 0.03</si:valueXMLList>
    <si:unitXMLList>\\percent</si:unitXMLList></si:realListXMLList></dcc:quantity>
  <dcc:quantity><dcc:name><dcc:content lang="en">x and y</dcc:content></dcc:name><si:list>
    <si:realListXMLList><si:valueXMLList>1 2</si:valueXMLList><si:unitXMLList>\\volt</si:unitXMLList></si:realListXMLList>
    <si:realListXMLList><si:valueXMLList>3 4</si:valueXMLList><si:unitXMLList>\\volt</si:unitXMLList></si:realListXMLList></si:list></dcc:quantity>
  <dcc:quantity><si:real><si:label>drift</si:label><si:value>5</si:value><si:unit>\\one</si:unit></si:real></dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A voltage as lists of lists (D-SI 2), U as a part of the value, and columns that are no certified value."""

CONSTANT = """
<dcc:result><dcc:name><dcc:content lang="en">Cell</dcc:content></dcc:name><dcc:data>
  <dcc:quantity refType="basic_nominalValue"><si:real><si:value>273.16</si:value><si:unit>\\kelvin</si:unit></si:real></dcc:quantity>
  <dcc:quantity refType="basic_measuredValue"><si:constant><si:value>273.1601</si:value><si:unit>\\kelvin</si:unit>
    <si:uncertainty>0.0002</si:uncertainty></si:constant></dcc:quantity>
</dcc:data></dcc:result>
"""
"""A fixed point as a constant, whose uncertainty is a standard one."""

INTERVAL = RING.replace(
    "<si:standardMU><si:valueStandardMU>0.0003</si:valueStandardMU></si:standardMU>",
    """
  <si:coverageIntervalMU><si:valueStandardMU>0.0003</si:valueStandardMU><si:intervalMin>19.9998</si:intervalMin>
  <si:intervalMax>20.0010</si:intervalMax><si:coverageProbability>0.95</si:coverageProbability></si:coverageIntervalMU>""",
)
"""A diameter with a coverage interval."""

IN_WORDS = """
<dcc:result><dcc:name><dcc:content lang="en">Mass</dcc:content></dcc:name><dcc:data><dcc:list>
  <dcc:quantity><dcc:name><dcc:content lang="en">nominal value</dcc:content></dcc:name>
   <dcc:noQuantity><dcc:content>0,5</dcc:content><dcc:content>\\gram</dcc:content></dcc:noQuantity></dcc:quantity>
  <dcc:quantity><dcc:name><dcc:content lang="en">marking</dcc:content></dcc:name>
   <dcc:noQuantity><dcc:content lang="de">zwei Punkte</dcc:content><dcc:content lang="en">two dots</dcc:content></dcc:noQuantity></dcc:quantity>
  <dcc:quantity><dcc:name><dcc:content lang="en">conventional mass</dcc:content></dcc:name>
   <si:real><si:value>0.500004</si:value><si:unit>\\gram</si:unit></si:real></dcc:quantity>
</dcc:list></dcc:data></dcc:result>
"""
"""A weight whose nominal value and marking stand in words."""


def dcc(
    results: str,
    *,
    conditions: str = "",
    version: str = "3.2.1",
    serial: str = "GB0-1147",
    number: str = "PTB-2026-771",
    issued: str = "",
) -> bytes:
    """Return a certificate with these results."""
    day = f"<dcc:issueDate>{issued}</dcc:issueDate>" if issued else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si" schemaVersion="{version}">
 <dcc:administrativeData>
  <dcc:dccSoftware><dcc:software><dcc:name><dcc:content>by hand</dcc:content></dcc:name><dcc:release>1</dcc:release></dcc:software></dcc:dccSoftware>
  <dcc:coreData><dcc:countryCodeISO3166_1>DE</dcc:countryCodeISO3166_1><dcc:usedLangCodeISO639_1>de</dcc:usedLangCodeISO639_1>
   <dcc:mandatoryLangCodeISO639_1>de</dcc:mandatoryLangCodeISO639_1><dcc:uniqueIdentifier> {number} </dcc:uniqueIdentifier>
   <dcc:beginPerformanceDate>2026-10-01</dcc:beginPerformanceDate><dcc:endPerformanceDate>2026-10-02</dcc:endPerformanceDate>
   <dcc:performanceLocation>laboratory</dcc:performanceLocation>{day}</dcc:coreData>
  <dcc:items><dcc:item><dcc:name><dcc:content lang="de">Satz</dcc:content><dcc:content lang="en">Set</dcc:content></dcc:name>
   <dcc:identifications><dcc:identification refType="basic_serialNumber"><dcc:issuer>manufacturer</dcc:issuer>
   <dcc:value>{serial}</dcc:value></dcc:identification></dcc:identifications></dcc:item></dcc:items>
  <dcc:calibrationLaboratory><dcc:contact><dcc:name><dcc:content>Laboratory North</dcc:content></dcc:name>
   <dcc:location><dcc:city>Kiel</dcc:city></dcc:location></dcc:contact></dcc:calibrationLaboratory>
  <dcc:respPersons><dcc:respPerson><dcc:person><dcc:name><dcc:content>N. North</dcc:content></dcc:name></dcc:person></dcc:respPerson></dcc:respPersons>
  <dcc:customer><dcc:name><dcc:content>Plant South</dcc:content></dcc:name><dcc:location><dcc:city>Ulm</dcc:city></dcc:location></dcc:customer>
 </dcc:administrativeData>
 <dcc:measurementResults><dcc:measurementResult><dcc:name><dcc:content>Results</dcc:content></dcc:name>{conditions}
  <dcc:results>{results}</dcc:results></dcc:measurementResult></dcc:measurementResults>
</dcc:digitalCalibrationCertificate>""".encode()
