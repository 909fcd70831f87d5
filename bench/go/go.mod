module example.com/gencache/bench

go 1.19

require (
	example.com/gencache v0.0.0
	github.com/bradfitz/gomemcache v0.0.0-20230905024940-24af94b03874
)

replace example.com/gencache => ../../bindings/go
