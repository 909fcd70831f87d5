module example.com/gencache

go 1.19
