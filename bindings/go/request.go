package gencache

import (
	"strings"
	"unsafe"
)

// appendRequest writes what shim.c's open_request reads: how many generations, calls and arguments in all, the
// generations, and for each call its arguments. Numbers have 8 bytes in the machine's order.
// It also returns where the generations end.
func appendRequest(out []byte, generations []string, calls ...Args) (_ []byte, ownPart int, err error) {
	arguments := 0
	for _, args := range calls {
		arguments += len(args)
	}
	out = appendNumber(out, uint64(len(generations)))
	out = appendNumber(out, uint64(len(calls)))
	out = appendNumber(out, uint64(arguments))
	for _, generation := range generations {
		if strings.IndexByte(generation, 0) >= 0 {
			return out, 0, argumentError("generation %q holds a NUL", generation)
		}
		out = appendString(out, generation)
	}
	ownPart = len(out)
	for _, args := range calls {
		out = appendNumber(out, uint64(len(args)))
		for i := range args {
			if out, err = appendArgument(out, &args[i]); err != nil {
				return out, 0, err
			}
		}
	}
	return out, ownPart, nil
}

// requestHead is the size of the three numbers at the front.
const requestHead = 24

// appendMerged writes one request of those of members, which have the same generations and one call each.
func appendMerged(out []byte, members []*call) []byte {
	arguments := uint64(0)
	for _, member := range members {
		arguments += *(*uint64)(unsafe.Pointer(&member.request[16]))
	}
	out = append(out, members[0].request[:8]...)
	out = appendNumber(out, uint64(len(members)))
	out = appendNumber(out, arguments)
	out = append(out, members[0].generations()...)
	for _, member := range members {
		out = append(out, member.request[member.ownPart:]...)
	}
	return out
}

func appendArgument(out []byte, arg *Argument) ([]byte, error) {
	if arg.problem != "" {
		return out, argumentError("argument %q %s", arg.name, arg.problem)
	}
	out = append(out, byte(arg.kind))
	if arg.isUnnamed {
		out = append(out, 0)
	} else {
		if strings.IndexByte(arg.name, 0) >= 0 {
			return out, argumentError("the name of argument %q holds a NUL", arg.name)
		}
		out = append(out, 1)
		out = appendString(out, arg.name)
	}
	if arg.kind == TypeBytes || arg.kind == TypeText {
		out = appendNumber(out, uint64(len(arg.text)))
		return append(out, arg.text...), nil
	}
	return appendNumber(out, arg.bits), nil
}

func appendString(out []byte, text string) []byte {
	out = append(out, text...)
	return append(out, 0)
}

func appendNumber(out []byte, number uint64) []byte {
	return append(out, (*[8]byte)(unsafe.Pointer(&number))[:]...)
}
