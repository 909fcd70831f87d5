package gencache

import (
	"context"
	"math/rand"
	"time"
)

// await waits while somebody else computes. Of the goroutines that wait for one key a single one asks; the others follow.
func (p *pursuit) await(ctx context.Context) error {
	if p.found.status != StatusBusy {
		return nil
	}
	p.cache.tally.waits.Add(1)
	for hasFollowed := false; p.found.status == StatusBusy; hasFollowed = true {
		var err error
		if flight, leads := p.join(); leads {
			err = p.askOften(ctx, hasFollowed)
		} else {
			err = p.follow(ctx, flight)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// join returns the flight of the key, and whether the caller leads it: then it has a seat.
func (p *pursuit) join() (*flight, bool) {
	flight, leads := p.cache.flights.join(p.found.key)
	if leads {
		p.seat, p.key = flight, p.found.key
	}
	return flight, leads
}

// askOften asks until somebody has the value or the computation is the caller's. Then those who follow share the value;
// or wait on, for the computation.
func (p *pursuit) askOften(ctx context.Context, atOnce bool) error {
	start := time.Now()
	for p.found.status == StatusBusy {
		if !atOnce {
			if err := p.pause(ctx, time.Since(start)); err != nil {
				return err
			}
		}
		atOnce = false
		if err := p.ask(ctx); err != nil {
			return err
		}
	}
	if !p.hasTurn() {
		p.landFound()
	}
	return nil
}

// landFound ends the flight that the caller leads with the value, unless that is an old one.
func (p *pursuit) landFound() {
	value := noValue
	if p.found.status == StatusOK {
		value = p.found.value.clone()
	}
	p.land(value, false)
}

// pause lasts an eighth of what has been waited, as in the protocol, or until somebody here has computed the value.
func (p *pursuit) pause(ctx context.Context, waited time.Duration) error {
	const shortest, longest = 2 * time.Millisecond, 250 * time.Millisecond
	pause := waited / 8
	if pause < shortest {
		pause = shortest
	} else if pause > longest {
		pause = longest
	}
	pause = time.Duration(float64(pause) * (0.75 + rand.Float64()/2))
	if left := time.Until(p.patience); left < pause {
		pause = left
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.seat.nudge:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// follow waits for the one who leads.
func (p *pursuit) follow(ctx context.Context, flight *flight) error {
	timer := time.NewTimer(time.Until(p.patience))
	defer timer.Stop()
	select {
	case <-flight.landed:
	case <-timer.C:
		return p.ask(ctx) // which gives us the turn, beside the other one
	case <-ctx.Done():
		return ctx.Err()
	}
	p.heardOfFailure = flight.hasFailed
	if flight.value.Type != typeNone && !flight.began.Before(p.began) {
		p.share(flight.value)
	}
	return nil
}

func (p *pursuit) share(value Value) {
	p.cache.tally.shared.Add(1)
	p.found.freeEntry()
	p.found = found{outcome: outcome{status: StatusOK, key: p.found.key, age: -1, remaining: -1}, value: value}
}
