package gencache

import "reflect"

// wrapPlan is all of a wrapped function that does not depend on its types, made once.
type wrapPlan struct {
	generations []string
	place       string
	version     string
	exclude     []string
	options     []Option
	ignoreIf    func() bool
	ignore      bool
	fields      []wrapField
}

// wrapField is a field of the arguments that is part of the key.
type wrapField struct {
	name  string
	index int
}

func (plan *wrapPlan) ignoresCache() bool {
	return plan.ignore || (plan.ignoreIf != nil && plan.ignoreIf())
}

// readFields reads the struct of the arguments.
func (plan *wrapPlan) readFields(args any) error {
	t := reflect.TypeOf(args)
	if t == nil || t.Kind() != reflect.Struct {
		return argumentError("the arguments of a wrapped function are a struct, but here %v", t)
	}
	excluded := map[string]bool{}
	for _, name := range plan.exclude {
		excluded[name] = true
	}
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		name := field.Name
		if tag := field.Tag.Get("gencache"); tag != "" {
			name = tag
		}
		if name == "-" || excluded[name] {
			delete(excluded, name)
			continue
		}
		if !canBeArgument(field.Type) {
			return argumentError("argument %q has the type %v, which cannot be part of a key: exclude it", name, field.Type)
		}
		plan.fields = append(plan.fields, wrapField{name, i})
	}
	for name := range excluded {
		return argumentError("Exclude: there is no argument %q", name)
	}
	return nil
}

// canBeArgument tells what reflectedArgument takes.
func canBeArgument(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return canBeArgument(t.Elem())
	case reflect.Interface:
		return true // it depends on what is in it
	case reflect.Slice:
		return isByteSlice(t)
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}

func (plan *wrapPlan) params() Args {
	params := make(Args, len(plan.fields))
	for i, field := range plan.fields {
		params[i] = Param(field.name)
	}
	return params
}

// args are the arguments of a call: place and version, then the fields.
func (plan *wrapPlan) args(from any) Args {
	args := make(Args, 0, len(plan.fields)+2)
	if plan.place != "" {
		args = append(args, Part(plan.place))
	}
	if plan.version != "" {
		args = append(args, Part("v"+plan.version))
	}
	value := reflect.ValueOf(from)
	for _, field := range plan.fields {
		args = append(args, reflectedArgument(field.name, value.Field(field.index)))
	}
	return args
}
