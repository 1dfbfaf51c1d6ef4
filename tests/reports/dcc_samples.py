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


def dcc(
    results: str, *, version: str = "3.2.1", serial: str = "GB0-1147", number: str = "PTB-2026-771", issued: str = ""
) -> bytes:
    """Return a certificate with these results."""
    day = f"<dcc:issueDate>{issued}</dcc:issueDate>" if issued else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si" schemaVersion="{version}">
 <dcc:administrativeData>
  <dcc:coreData><dcc:countryCodeISO3166_1>DE</dcc:countryCodeISO3166_1><dcc:usedLangCodeISO639_1>de</dcc:usedLangCodeISO639_1>
   <dcc:mandatoryLangCodeISO639_1>de</dcc:mandatoryLangCodeISO639_1><dcc:uniqueIdentifier> {number} </dcc:uniqueIdentifier>
   <dcc:beginPerformanceDate>2026-10-01</dcc:beginPerformanceDate><dcc:endPerformanceDate>2026-10-02</dcc:endPerformanceDate>
   <dcc:performanceLocation>laboratory</dcc:performanceLocation>{day}</dcc:coreData>
  <dcc:items><dcc:item><dcc:name><dcc:content lang="de">Satz</dcc:content><dcc:content lang="en">Set</dcc:content></dcc:name>
   <dcc:identifications><dcc:identification refType="basic_serialNumber"><dcc:issuer>manufacturer</dcc:issuer>
   <dcc:value>{serial}</dcc:value></dcc:identification></dcc:identifications></dcc:item></dcc:items>
  <dcc:calibrationLaboratory><dcc:contact><dcc:name><dcc:content>Laboratory North</dcc:content></dcc:name>
   <dcc:location><dcc:city>Kiel</dcc:city></dcc:location></dcc:contact></dcc:calibrationLaboratory>
 </dcc:administrativeData>
 <dcc:measurementResults><dcc:measurementResult><dcc:name><dcc:content>Results</dcc:content></dcc:name>
  <dcc:results>{results}</dcc:results></dcc:measurementResult></dcc:measurementResults>
</dcc:digitalCalibrationCertificate>""".encode()
