"""The page 预警: lamps, the rules behind them, shortfalls."""
