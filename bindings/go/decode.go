package gencache

import (
	"encoding/json"
	"math"
	"reflect"
)

// decode returns the stored value as a T, with memory of its own: v may be borrowed.
func decode[T any](v Value) (T, error) {
	var out T
	switch p := any(&out).(type) {
	case *string:
		if v.Type == TypeText || v.Type == TypeBytes {
			*p = string(v.Data)
			return out, nil
		}
	case *[]byte:
		if v.Type == TypeBytes {
			*p = append(make([]byte, 0, len(v.Data)), v.Data...)
			return out, nil
		}
	case *bool:
		if v.Type == TypeBool {
			*p = v.Bits != 0
			return out, nil
		}
	case *int64:
		if v.Type == TypeInt {
			*p = int64(v.Bits)
			return out, nil
		}
	case *float64:
		if v.Type == TypeDouble {
			*p = math.Float64frombits(v.Bits)
			return out, nil
		}
	case *Value:
		*p = v.clone()
		return out, nil
	}
	return decodeReflected[T](v)
}

// decodeReflected is apart, since what it decodes into escapes.
func decodeReflected[T any](v Value) (T, error) {
	var out T
	err := decodeInto(v, reflect.ValueOf(&out).Elem())
	return out, err
}

func decodeInto(v Value, out reflect.Value) error {
	switch {
	case out.Kind() == reflect.Interface && out.NumMethod() == 0:
		native, err := v.Interface()
		if native != nil {
			out.Set(reflect.ValueOf(native))
		}
		return err
	case v.Type == TypeNull && isNil(reflect.Zero(out.Type())):
		out.Set(reflect.Zero(out.Type()))
		return nil
	case out.Type() == reflect.TypeOf(v):
		out.Set(reflect.ValueOf(v.clone()))
		return nil
	case out.Kind() == reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		return decodeInto(v, out.Elem())
	case isOwnJSON(out.Type()):
		return decodeJSON(v, out)
	}
	return decodeKind(v, out)
}

func decodeKind(v Value, out reflect.Value) error {
	number := int64(v.Bits)
	switch out.Kind() {
	case reflect.String:
		if v.Type == TypeText || v.Type == TypeBytes {
			out.SetString(string(v.Data))
			return nil
		}
	case reflect.Bool:
		if v.Type == TypeBool {
			out.SetBool(v.Bits != 0)
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.Type == TypeInt {
			if out.OverflowInt(number) {
				return rangeError(number, out)
			}
			out.SetInt(number)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Type == TypeInt {
			if number < 0 || out.OverflowUint(v.Bits) {
				return rangeError(number, out)
			}
			out.SetUint(v.Bits)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		if v.Type == TypeDouble {
			out.SetFloat(math.Float64frombits(v.Bits))
			return nil
		}
	case reflect.Slice:
		if !isByteSlice(out.Type()) {
			return decodeJSON(v, out)
		}
		if v.Type == TypeBytes {
			out.SetBytes(append([]byte{}, v.Data...))
			return nil
		}
	default:
		return decodeJSON(v, out)
	}
	return otherType(v, out)
}

func decodeJSON(v Value, out reflect.Value) error {
	if v.Type != TypeJSON {
		return otherType(v, out)
	}
	if err := json.Unmarshal(v.Data, out.Addr().Interface()); err != nil {
		return typeError("the JSON in the cache is no %v: %v", out.Type(), err)
	}
	return nil
}

func otherType(v Value, out reflect.Value) error {
	return typeError("the value in the cache is %v, which cannot be read as %v", v.Type, out.Type())
}

func rangeError(number int64, out reflect.Value) error {
	return typeError("the integer in the cache is %d, which %v cannot hold", number, out.Type())
}
