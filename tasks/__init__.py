"""The stages, one package each, in the order data travels: extract, check, load, summarise, render, stage,
distribute, feedback, record. Beside them stand the few small modules that several stages use."""
