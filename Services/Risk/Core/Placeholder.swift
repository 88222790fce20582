enum RiskCorePlaceholder {}
