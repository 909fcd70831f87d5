package gencache

// CallsUnderWay tells how many goroutines are in C, or queue for it.
func CallsUnderWay(c *Cache) int { return int(c.gate.count.Load()) }
