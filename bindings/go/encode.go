package gencache

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"unicode/utf8"
)

// encode returns the stored form of value, which may share its bytes.
func encode[T any](value T) (Value, error) {
	switch v := any(value).(type) {
	case string:
		return textValue(v), nil
	case []byte:
		return bytesValue(v), nil
	case bool:
		return Value{Type: TypeBool, Bits: bitsOfBool(v)}, nil
	case int:
		return Value{Type: TypeInt, Bits: uint64(v)}, nil
	case int64:
		return Value{Type: TypeInt, Bits: uint64(v)}, nil
	case float64:
		return Value{Type: TypeDouble, Bits: math.Float64bits(v)}, nil
	case Value:
		return checkedValue(v)
	}
	return encodeReflected(reflect.ValueOf(any(value)))
}

// checkedValue refuses what the type leaves out: C would not see it.
func checkedValue(v Value) (Value, error) {
	switch v.Type {
	case TypeNull, TypeBool, TypeInt, TypeUint, TypeDouble:
		if len(v.Data) > 0 {
			return v, argumentError("value: %v has no Data", v.Type)
		}
		if v.Type == TypeNull && v.Bits != 0 {
			return v, argumentError("value: null has no Bits")
		}
	default:
		if v.Bits != 0 {
			return v, argumentError("value: Type is %d, which has no Bits", v.Type)
		}
	}
	return signedValue(v), nil
}

// An unsigned integer is stored as a signed one. What does not fit stays what it is, for C to refuse.
func signedValue(v Value) Value {
	if v.Type == TypeUint && v.Bits <= math.MaxInt64 {
		v.Type = TypeInt
	}
	return v
}

// Text that is no UTF-8 is stored as bytes, as in all languages.
func textValue(text string) Value {
	kind := TypeText
	if !utf8.ValidString(text) {
		kind = TypeBytes
	}
	return Value{Type: kind, Data: readOnlyBytes(text)}
}

func bytesValue(data []byte) Value {
	if data == nil {
		return Value{Type: TypeNull}
	}
	return Value{Type: TypeBytes, Data: data}
}

func encodeReflected(value reflect.Value) (Value, error) {
	if !value.IsValid() || isNil(value) {
		return Value{Type: TypeNull}, nil
	}
	if v, ok := value.Interface().(Value); ok {
		return checkedValue(v)
	}
	if !isOwnJSON(value.Type()) {
		switch value.Kind() {
		case reflect.Pointer:
			return encodeReflected(value.Elem())
		case reflect.Bool:
			return Value{Type: TypeBool, Bits: bitsOfBool(value.Bool())}, nil
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			return Value{Type: TypeInt, Bits: uint64(value.Int())}, nil
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			return signedValue(Value{Type: TypeUint, Bits: value.Uint()}), nil
		case reflect.Float32, reflect.Float64:
			return Value{Type: TypeDouble, Bits: math.Float64bits(value.Float())}, nil
		case reflect.String:
			return textValue(value.String()), nil
		case reflect.Slice:
			if isByteSlice(value.Type()) {
				return bytesValue(value.Bytes()), nil
			}
		}
	}
	text, err := json.Marshal(value.Interface())
	if err != nil {
		return Value{}, argumentError("value: %v cannot be stored as JSON: %v", value.Type(), err)
	}
	return Value{Type: TypeJSON, Data: text}, nil
}

func isNil(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface, reflect.Chan, reflect.Func:
		return value.IsNil()
	}
	return false
}

// isOwnJSON tells whether a type says itself how it is written as JSON; then it is, whatever it is made of.
func isOwnJSON(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface || t.PkgPath() == "" {
		return false
	}
	pointer := reflect.PointerTo(t)
	return pointer.Implements(jsonMarshaler) || pointer.Implements(jsonUnmarshaler) ||
		pointer.Implements(textMarshaler) || pointer.Implements(textUnmarshaler)
}

var (
	jsonMarshaler   = reflect.TypeOf((*json.Marshaler)(nil)).Elem()
	jsonUnmarshaler = reflect.TypeOf((*json.Unmarshaler)(nil)).Elem()
	textMarshaler   = reflect.TypeOf((*encoding.TextMarshaler)(nil)).Elem()
	textUnmarshaler = reflect.TypeOf((*encoding.TextUnmarshaler)(nil)).Elem()
)
