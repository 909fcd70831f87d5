package gencache

import (
	"path"
	"runtime"
	"strconv"
	"strings"
)

// callerPlace returns where the caller of its caller stands, as module.function:line. The module is the import path of
// the package and the name of the file without its ending: unlike the path of the file it is the same on all machines.
func callerPlace(skip int) string {
	pc, file, line, ok := runtime.Caller(skip + 1)
	if !ok {
		return "unknown:0"
	}
	name := runtime.FuncForPC(pc).Name() // example.com/shop/pages.(*Site).Page.func1
	slash := strings.LastIndexByte(name, '/') + 1
	dot := slash + strings.IndexByte(name[slash:], '.')
	module := name[:dot] + "/" + strings.TrimSuffix(path.Base(file), ".go")
	return module + withoutPointers.Replace(name[dot:]) + ":" + strconv.Itoa(line)
}

// Parentheses and stars would stand in the key as percent signs and digits.
var withoutPointers = strings.NewReplacer("(*", "", ")", "")
