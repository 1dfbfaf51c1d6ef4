"""Part of duty 15, statistical and diagnostic tools: a study shows how much of what is measured is the gauge itself.

AIAG, Measurement Systems Analysis, 4th edition, chapter III. In a variable study several appraisers read the same parts
several times; analysis of variance tells how much of the scatter is the gauge, the appraisers and the parts (Gage R&R).
In an attribute study they pass or fail parts whose true verdict quality keeps; kappa tells how far they agree. Nobody
sees the values of others, or their own earlier ones, while a study is under way.
"""
