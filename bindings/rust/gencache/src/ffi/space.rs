use std::marker::PhantomData;
use std::mem::{self, MaybeUninit};
use std::os::raw::c_char;
use std::ptr;

use gencache_sys as sys;

use super::value;
use crate::{Arg, Error, ErrorKind};

/// Generations and arguments as C takes them, as long as what they borrow from lives.
pub struct Call<'a> {
    generations: &'a [MaybeUninit<*const c_char>],
    args: &'a [MaybeUninit<sys::gc_arg>],
    _borrowed: PhantomData<&'a [Arg<'a>]>,
}

impl Call<'_> {
    pub fn generations(&self) -> *const *const c_char {
        self.generations.as_ptr().cast()
    }

    pub fn n_generations(&self) -> usize {
        self.generations.len()
    }

    pub fn args(&self) -> *const sys::gc_arg {
        self.args.as_ptr().cast()
    }

    pub fn n_args(&self) -> usize {
        self.args.len()
    }
}

/// Space for a `Call`: on the stack, unless it is a long one. Rust's strings have no NUL at their end, so names are
/// copied; values are borrowed.
pub struct Space {
    text: List<u8, 256>,
    generations: List<*const c_char, 8>,
    args: List<sys::gc_arg, 8>,
}

impl Space {
    #[inline]
    pub fn new() -> Self {
        Space {
            text: List::new(),
            generations: List::new(),
            args: List::new(),
        }
    }

    pub fn call<'a, S: Name>(&'a mut self, generations: &[S], args: &'a [Arg<'a>]) -> Result<Call<'a>, Error> {
        let sizes = generations.iter().map(|name| name.text().len() + 1).sum::<usize>();
        let mut text = Text(self.text.of_len(sizes + size_of_names(args)));
        let names = self.generations.of_len(generations.len());
        for (out, name) in names.iter_mut().zip(generations) {
            out.write(text.c_string(name.text(), "generations")?);
        }
        let c_args = self.args.of_len(args.len());
        for (out, arg) in c_args.iter_mut().zip(args) {
            out.write(to_c(arg, &mut text)?);
        }
        Ok(Call {
            generations: names,
            args: c_args,
            _borrowed: PhantomData,
        })
    }
}

/// A generation; its text is always the same.
pub trait Name {
    fn text(&self) -> &str;
}

impl Name for &str {
    fn text(&self) -> &str {
        self
    }
}

impl Name for String {
    fn text(&self) -> &str {
        self
    }
}

/// Calls of a bound cache name no generations.
pub const NO_GENERATIONS: &[&str] = &[];

/// How many bytes the names of `args` take as C strings.
pub fn size_of_names(args: &[Arg<'_>]) -> usize {
    args.iter().filter_map(|arg| arg.name).map(|name| name.len() + 1).sum()
}

/// `arg` as C takes it, with its name in `text`.
pub fn to_c(arg: &Arg<'_>, text: &mut Text<'_>) -> Result<sys::gc_arg, Error> {
    let name = match arg.name {
        Some(name) => text.c_string(name, "args")?,
        None => ptr::null(),
    };
    with_name(name, arg)
}

/// `arg` as C takes it, with its name as C has it already.
pub fn with_name(name: *const c_char, arg: &Arg<'_>) -> Result<sys::gc_arg, Error> {
    let value = arg.value.as_ref().map_or(Ok(value::REQUIRED), value::to_c)?;
    Ok(sys::gc_arg { name, value })
}

/// What is left of a space for C strings.
pub struct Text<'a>(pub &'a mut [MaybeUninit<u8>]);

impl Text<'_> {
    fn c_string(&mut self, name: &str, parameter: &str) -> Result<*const c_char, Error> {
        let (place, left) = mem::take(&mut self.0).split_at_mut(name.len() + 1);
        self.0 = left;
        let mut has_nul = false;
        for (out, byte) in place.iter_mut().zip(name.bytes()) {
            has_nul |= byte == 0;
            out.write(byte);
        }
        place[name.len()].write(0);
        if has_nul {
            let message = format!("{parameter}: {name:?} holds a NUL character");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        Ok(place.as_ptr().cast())
    }
}

/// A list whose length is told once: up to `N` elements without an allocation.
struct List<T, const N: usize> {
    few: [MaybeUninit<T>; N],
    many: Vec<MaybeUninit<T>>,
}

impl<T: Copy, const N: usize> List<T, N> {
    fn new() -> Self {
        // SAFETY: an array of what may be uninitialized is initialized.
        let few = unsafe { MaybeUninit::<[MaybeUninit<T>; N]>::uninit().assume_init() };
        List { few, many: Vec::new() }
    }

    fn of_len(&mut self, len: usize) -> &mut [MaybeUninit<T>] {
        if len <= N {
            return &mut self.few[..len];
        }
        self.many.resize_with(len, MaybeUninit::uninit);
        &mut self.many
    }
}
