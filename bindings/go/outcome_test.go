package gencache_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/gencache"
)

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// typedValue is a value or an argument as the cases write it down.
type typedValue struct {
	Name   *string
	Type   string
	Hex    string
	Text   string
	Is     bool
	Number string
	Bits   string
}

var types = map[string]gencache.Type{
	"bytes": gencache.TypeBytes, "text": gencache.TypeText, "null": gencache.TypeNull, "bool": gencache.TypeBool,
	"int": gencache.TypeInt, "uint": gencache.TypeUint, "double": gencache.TypeDouble, "json": gencache.TypeJSON,
	"cereal": gencache.TypeCereal,
}

func (v *typedValue) value() gencache.Value {
	kind, isKnown := types[v.Type]
	if v.Type == "private" {
		number, err := strconv.Atoi(v.Number)
		must(err)
		kind, isKnown = gencache.Type(number), true
	}
	if !isKnown {
		panic("unknown type " + v.Type)
	}
	out := gencache.Value{Type: kind}
	var err error
	switch v.Type {
	case "bytes", "cereal", "private":
		out.Data, err = hex.DecodeString(v.Hex)
	case "text", "json":
		out.Data = []byte(v.Text)
	case "bool":
		if v.Is {
			out.Bits = 1
		}
	case "int":
		var number int64
		number, err = strconv.ParseInt(v.Number, 10, 64)
		out.Bits = uint64(number)
	case "uint":
		out.Bits, err = strconv.ParseUint(v.Number, 10, 64)
	case "double":
		out.Bits, err = strconv.ParseUint(v.Bits, 16, 64)
	}
	must(err)
	return out
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// argument goes through Go's own types.
func (v *typedValue) argument() gencache.Argument {
	native, err := v.value().Interface()
	must(err)
	if v.Name == nil {
		return gencache.Part(native)
	}
	return gencache.Arg(*v.Name, native)
}

func arguments(from []typedValue) gencache.Args {
	var args gencache.Args
	for i := range from {
		args = append(args, from[i].argument())
	}
	return args
}

func parameters(from []typedValue) gencache.Args {
	var params gencache.Args
	for i := range from {
		if from[i].Type == "" {
			params = append(params, gencache.Param(*from[i].Name))
		} else {
			params = append(params, from[i].argument())
		}
	}
	return params
}

// outcome is what came of a step.
type outcome struct {
	err        error
	status     gencache.Status // where err is nil
	reason     string
	generation string
	key        string
	text       string
	value      *gencache.Value
	computed   bool
	item       *string
	each       []outcome
}

func outcomeOf(err error) outcome { return outcome{err: err} }

func outcomeOfEntry(entry *gencache.Entry[gencache.Value], err error) outcome {
	if entry == nil {
		return outcome{err: err}
	}
	out := outcome{status: entry.Status(), reason: entry.Reason().String(), generation: entry.Generation(),
		key: entry.Key()}
	if value, ok := entry.Value(); ok {
		out.value = &value
	} else if out.status != gencache.StatusMiss {
		out.err = entry.Err()
	}
	return out
}

func (o outcome) statusName() string {
	var failure *gencache.Error
	switch {
	case o.err == nil:
		return o.status.String()
	case errors.Is(o.err, errFails):
		return gencache.StatusOrigin.String()
	case errors.As(o.err, &failure):
		return failure.Status.String()
	}
	return o.err.Error()
}

// unlike tells what is not as it is expected.
func (o outcome) unlike(e expectation) []string {
	var problems []string
	compare := func(what string, is any, expected any) {
		if is != expected {
			problems = append(problems, fmt.Sprintf("the %s is %v, not %v (%v)", what, is, expected, o.err))
		}
	}
	text := func(what, is string, expected *string) {
		if expected != nil {
			compare(what, is, *expected)
		}
	}
	text("status", o.statusName(), e.Status)
	text("reason", o.reason, e.Reason)
	text("generation", o.generation, e.Generation)
	text("key", o.key, e.Key)
	if e.Message != nil && (o.err == nil || !strings.Contains(o.err.Error(), *e.Message)) {
		problems = append(problems, fmt.Sprintf("the error is %v, without %q", o.err, *e.Message))
	}
	if e.Value != nil {
		compare("value", shown(o.value), shown(pointer(e.Value.value())))
	}
	if e.Computed != nil {
		compare("computation", o.computed, *e.Computed)
	}
	for _, line := range e.Lines {
		if !hasLine(o.text, line) {
			problems = append(problems, fmt.Sprintf("the line %q is missing in\n%s", line, o.text))
		}
	}
	if e.Each != nil {
		compare("number of entries", len(o.each), len(e.Each))
		for i := 0; i < len(e.Each) && i < len(o.each); i++ {
			problems = append(problems, o.each[i].unlike(e.Each[i])...)
		}
	}
	return append(problems, o.unlikeItem(e.Hex)...)
}

func pointer[T any](value T) *T { return &value }

// shown is the same for the same stored value: an unsigned integer is stored as a signed one.
func shown(value *gencache.Value) string {
	if value == nil {
		return "nothing"
	}
	kind := value.Type
	if kind == gencache.TypeUint {
		kind = gencache.TypeInt
	}
	return fmt.Sprintf("%d %x %x", kind, value.Bits, value.Data)
}

func hasLine(text, pattern string) bool {
	start := strings.TrimSuffix(pattern, "*")
	for _, line := range strings.Split(text, "\n") {
		if line == pattern || (start != pattern && strings.HasPrefix(line, start)) {
			return true
		}
	}
	return false
}

// unlikeItem compares the item on the server; in what is expected, an x is any digit.
func (o outcome) unlikeItem(expected json.RawMessage) []string {
	if expected == nil {
		return nil
	}
	var digits *string
	must(json.Unmarshal(expected, &digits))
	if digits == nil && o.item == nil {
		return nil
	}
	if digits == nil || o.item == nil || len(*digits) != len(*o.item) {
		return []string{fmt.Sprintf("the item is %v, not %s", shownText(o.item), expected)}
	}
	for i, digit := range *digits {
		if digit != 'x' && byte(digit) != (*o.item)[i] {
			return []string{fmt.Sprintf("the item is %s, not %s", *o.item, expected)}
		}
	}
	return nil
}

func shownText(text *string) string {
	if text == nil {
		return "absent"
	}
	return *text
}
