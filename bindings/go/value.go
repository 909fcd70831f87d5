package gencache

import (
	"encoding/json"
	"fmt"
	"math"
	"unsafe"
)

// #include "shim.h"
import "C"

// Type is the type of a stored value or of an argument, with the numbers that it has in all languages.
type Type int32

// The types. Numbers never change.
const (
	TypeBytes   Type = C.GC_BYTES
	TypeText    Type = C.GC_TEXT
	TypeNull    Type = C.GC_NULL
	TypeBool    Type = C.GC_BOOL
	TypeInt     Type = C.GC_INT
	TypeDouble  Type = C.GC_DOUBLE
	TypeJSON    Type = C.GC_JSON
	TypeCereal  Type = C.GC_CEREAL  // a C++ value
	TypeUint    Type = C.GC_UINT    // stored as TypeInt, so it has to fit into one
	TypePrivate Type = C.GC_PRIVATE // this and the 15 after it: private to one language

	typeRequired Type = C.GC_REQUIRED // of a parameter without a default
	typeNone     Type = -1            // of an entry without a value
)

// String returns what a value of the type is called in a sentence.
func (t Type) String() string {
	switch t {
	case TypeBytes:
		return "bytes"
	case TypeText:
		return "text"
	case TypeNull:
		return "null"
	case TypeBool:
		return "a boolean"
	case TypeInt, TypeUint:
		return "an integer"
	case TypeDouble:
		return "a double"
	case TypeJSON:
		return "JSON"
	case TypeCereal:
		return "a C++ value"
	}
	return "private to a language"
}

// Value is a stored value of any type, as it stands in the cache. Get[Value] reads whatever is there, and a Value is
// stored as the type that it says.
type Value struct {
	Type Type
	Data []byte // of TypeBytes, TypeText, TypeJSON, TypeCereal and the private types
	Bits uint64 // of the scalars: 0 or 1; the two's complement of an integer; the IEEE 754 bits of a double
}

var noValue = Value{Type: typeNone}

// ValueOf returns value as it would be stored. Its Data may be shared with value.
func ValueOf(value any) (Value, error) { return encode(value) }

// Interface returns the value as Go's own: a []byte, string, nil, bool, int64, uint64 or float64, what json.Unmarshal
// makes of JSON, and for the types that are private to a language the Value itself.
func (v Value) Interface() (any, error) {
	switch v.Type {
	case TypeBytes:
		return append([]byte{}, v.Data...), nil
	case TypeText:
		return string(v.Data), nil
	case TypeNull:
		return nil, nil
	case TypeBool:
		return v.Bits != 0, nil
	case TypeInt:
		return int64(v.Bits), nil
	case TypeUint:
		return v.Bits, nil
	case TypeDouble:
		return math.Float64frombits(v.Bits), nil
	case TypeJSON:
		var out any
		if err := json.Unmarshal(v.Data, &out); err != nil {
			return nil, typeError("the JSON in the cache cannot be read: %v", err)
		}
		return out, nil
	}
	return v.clone(), nil
}

// String returns the value for people.
func (v Value) String() string {
	switch v.Type {
	case TypeNull:
		return "null"
	case TypeBool, TypeInt, TypeUint, TypeDouble:
		native, _ := v.Interface()
		return fmt.Sprint(native)
	case TypeText, TypeJSON:
		return string(v.Data)
	}
	return fmt.Sprintf("%v of %d bytes", v.Type, len(v.Data))
}

// clone has bytes of its own.
func (v Value) clone() Value {
	if v.Data != nil {
		v.Data = append([]byte{}, v.Data...)
	}
	return v
}

// dataPointer is for the length of one call of C.
func (v *Value) dataPointer() *C.char {
	if len(v.Data) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(&v.Data[0]))
}

// readOnlyBytes returns the bytes of text without a copy; nobody may write to them.
func readOnlyBytes(text string) []byte {
	if text == "" {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&text)), len(text))
}
