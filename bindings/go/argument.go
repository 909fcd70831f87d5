package gencache

import (
	"fmt"
	"math"
	"reflect"
)

// Argument is an argument of what is cached.
//
// A generation "nav_portal:user_id" takes its value from the argument named user_id; every other argument is part of
// the rest of the key. In a generation 42 and "42" are one value; in the rest of the key they differ. The order of named
// arguments makes no difference.
type Argument struct {
	name      string
	text      string // of TypeText and TypeBytes
	bits      uint64 // of the others
	problem   string // why it cannot be an argument
	kind      Type
	isUnnamed bool
}

// Args are the arguments of one call.
type Args []Argument

// Int returns an integer argument.
func Int(name string, value int64) Argument {
	return Argument{name: name, kind: TypeInt, bits: uint64(value)}
}

// Uint returns an argument that is an unsigned integer.
func Uint(name string, value uint64) Argument {
	return Argument{name: name, kind: TypeUint, bits: value}
}

// Str returns a text argument, which must be valid UTF-8.
func Str(name, value string) Argument { return Argument{name: name, kind: TypeText, text: value} }

// Bytes returns an argument of any bytes, which it copies.
func Bytes(name string, value []byte) Argument {
	return Argument{name: name, kind: TypeBytes, text: string(value)}
}

// Bool returns a boolean argument.
func Bool(name string, value bool) Argument {
	return Argument{name: name, kind: TypeBool, bits: bitsOfBool(value)}
}

// Float returns a floating point argument.
func Float(name string, value float64) Argument {
	return Argument{name: name, kind: TypeDouble, bits: math.Float64bits(value)}
}

// Null returns a null argument.
func Null(name string) Argument { return Argument{name: name, kind: TypeNull} }

// Param returns a parameter without a default, for Bind.
func Param(name string) Argument { return Argument{name: name, kind: typeRequired} }

// Arg returns an argument of value's type: nil, a boolean, an integer, a floating point number, a string, a []byte, or
// a type made of one of those; a pointer to one is null where it is nil. Any other type is ErrArgument in the call that
// gets it. The constructors above say the same with a fixed type.
func Arg(name string, value any) Argument {
	switch v := value.(type) {
	case int:
		return Int(name, int64(v))
	case int64:
		return Int(name, v)
	case string:
		return Str(name, v)
	case bool:
		return Bool(name, v)
	case nil:
		return Null(name)
	}
	return reflectedArgument(name, reflect.ValueOf(value))
}

func reflectedArgument(name string, value reflect.Value) Argument {
	switch value.Kind() {
	case reflect.Bool:
		return Bool(name, value.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int(name, value.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Uint(name, value.Uint())
	case reflect.Float32, reflect.Float64:
		return Float(name, value.Float())
	case reflect.String:
		return Str(name, value.String())
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return Null(name)
		}
		return reflectedArgument(name, value.Elem())
	case reflect.Slice:
		if isByteSlice(value.Type()) {
			return Bytes(name, value.Bytes())
		}
	}
	return Argument{name: name, problem: fmt.Sprintf("has the type %v, which cannot be part of a key", value.Type())}
}

// Part returns an argument without a name, of the types of Arg: an explicit extra part of the key, of which the order
// counts. Of a bound cache it is an argument by position.
func Part(value any) Argument {
	arg := Arg("", value)
	arg.isUnnamed = true
	return arg
}

// Parts returns a Part for each value: the arguments of a bound cache by position.
func Parts(values ...any) Args {
	args := make(Args, len(values))
	for i, value := range values {
		args[i] = Part(value)
	}
	return args
}

// Each returns, for GetMany and FetchMany, the arguments of a call for each value: each has the one argument name.
func Each[V any](name string, values []V) []Args {
	all := make(Args, len(values))
	calls := make([]Args, len(values))
	for i, value := range values {
		all[i] = Arg(name, value)
		calls[i] = all[i : i+1 : i+1]
	}
	return calls
}

func bitsOfBool(value bool) uint64 {
	if value {
		return 1
	}
	return 0
}

func isByteSlice(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}
