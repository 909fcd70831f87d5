module polyglot

go 1.19

require example.com/gencache v0.0.0

replace example.com/gencache => ../../../bindings/go
