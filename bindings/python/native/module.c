/* The module gencache._native. */
#include "native.h"

void *new_object(PyTypeObject *type) { return PyType_GenericAlloc(type, 0); }

void free_object(void *object) {
  PyTypeObject *type = Py_TYPE(object);
  freefunc give_back = (freefunc)PyType_GetSlot(type, Py_tp_free);
  give_back(object);
  Py_DECREF(type);
}

/* What PyType_GetModuleByDef does, which the limited API has only since 3.13. */
module_state *state_of(PyTypeObject *type) {
  for (PyTypeObject *one = type; one != NULL; one = (PyTypeObject *)PyType_GetSlot(one, Py_tp_base)) {
    PyObject *module = (PyType_GetFlags(one) & Py_TPFLAGS_HEAPTYPE) ? PyType_GetModule(one) : NULL;
    if (module != NULL && PyModule_GetDef(module) == &native_module) return PyModule_GetState(module);
    PyErr_Clear();
  }
  PyErr_Format(PyExc_SystemError, "gencache: %R is no type of this module", (PyObject *)type);
  return NULL;
}

/* --- types --- */

static int add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **type) {
  *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
  return *type == NULL ? -1 : PyModule_AddType(module, *type);
}

static int add_types(PyObject *module, module_state *state) {
  return add_type(module, &cache_spec, &state->cache_type) < 0 ||
                 add_type(module, &entry_spec, &state->entry_type) < 0 ||
                 add_type(module, &options_spec, &state->options_type) < 0 ||
                 add_type(module, &bound_spec, &state->bound_type) < 0 ||
                 add_type(module, &batch_spec, &state->batch_type) < 0
             ? -1
             : 0;
}

/* --- what it needs of the package's Python --- */

static int import(const char *module, const char *name, PyObject **object) {
  PyObject *imported = PyImport_ImportModule(module);
  *object = imported == NULL ? NULL : PyObject_GetAttrString(imported, name);
  Py_XDECREF(imported);
  return *object == NULL ? -1 : 0;
}

static int import_all(module_state *state) {
  return (state->empty_tuple = PyTuple_New(0)) == NULL ||
                 import("gencache._errors", "CLASSES", &state->error_classes) < 0 ||
                 import("gencache._errors", "STATUSES", &state->statuses) < 0 ||
                 import("gencache._times", "to_ms", &state->seconds_to_ms) < 0 ||
                 import("gencache._arguments", "to_argument", &state->to_argument) < 0 ||
                 import("gencache._values", "encode", &state->encode) < 0 ||
                 import("gencache._values", "decode", &state->decode) < 0 ||
                 import("gencache._values", "MISS", &state->miss) < 0 ||
                 import("gencache._computing", "compute", &state->compute) < 0 ||
                 import("gencache._computing", "LEASES", &state->leases) < 0 ||
                 import("gencache._logging", "tell", &state->log) < 0
             ? -1
             : 0;
}

/* The library keeps the function that is told its messages for ever: a subinterpreter's would end with it. */
static int refuse_subinterpreter(void) {
  if (PyInterpreterState_GetID(PyInterpreterState_Get()) == 0) return 0;
  PyErr_SetString(PyExc_ImportError,
                  "gencache cannot be used in a subinterpreter, but in the main interpreter only: with mod_wsgi, set "
                  "WSGIApplicationGroup %{GLOBAL}");
  return -1;
}

static int module_exec(PyObject *module) {
  module_state *state = PyModule_GetState(module);
  if (refuse_subinterpreter() < 0) return -1;
  if (add_types(module, state) < 0 || import_all(state) < 0) return -1;
  if (PyModule_AddStringConstant(module, "version", GC_VERSION) < 0) return -1;
  return PyModule_AddStringConstant(module, "library_version", gc_version());
}

/* --- the module --- */

static PyObject *module_check_json(PyObject *module, PyObject *value) {
  if (check_json(PyModule_GetState(module), value) < 0) return NULL;
  return Py_INCREF(Py_None), Py_None;
}

static PyMethodDef module_methods[] = {
    {"check_json", module_check_json, METH_O, PyDoc_STR("Refuses what JSON cannot hold, with the path to it.")},
    {0},
};

#define EACH_OBJECT(state, visit)                                                                                     \
  visit((state)->entry_type) visit((state)->options_type) visit((state)->bound_type) visit((state)->batch_type)       \
      visit((state)->cache_type) visit((state)->error_classes) visit((state)->statuses) visit((state)->seconds_to_ms) \
          visit((state)->to_argument) visit((state)->encode) visit((state)->decode) visit((state)->compute)           \
              visit((state)->leases) visit((state)->log) visit((state)->miss) visit((state)->empty_tuple)

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
  module_state *state = PyModule_GetState(module);
#define VISIT(object) Py_VISIT(object);
  EACH_OBJECT(state, VISIT)
#undef VISIT
  return 0;
}

static int module_clear(PyObject *module) {
  module_state *state = PyModule_GetState(module);
#define CLEAR(object) Py_CLEAR(object);
  EACH_OBJECT(state, CLEAR)
#undef CLEAR
  return 0;
}

static void module_free(void *module) { module_clear(module); }

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, module_exec}, {0}};

struct PyModuleDef native_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "gencache._native",
    .m_doc = PyDoc_STR("The C header of libgencache; use the package gencache."),
    .m_size = sizeof(module_state),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&native_module); }
