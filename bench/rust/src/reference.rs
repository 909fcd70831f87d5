//! Plain libmemcached, as a program in C would use it: one handle, and on top of it nothing.

use std::ffi::CString;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::{self, NonNull};

#[repr(C)]
struct Handle {
    _opaque: [u8; 0],
}

/// Room for a memcached_result_st, which takes 352 bytes. One that libmemcached allocates it also frees at the end of a
/// fetch, behind its owner's back.
#[repr(C, align(16))]
struct Found([u8; 1024]);

const SUCCESS: c_int = 0;
const TCP_NODELAY: c_int = 1;
const KETAMA_WEIGHTED: c_int = 16;

extern "C" {
    fn memcached_create(memory: *mut Handle) -> *mut Handle;
    fn memcached_free(handle: *mut Handle);
    fn memcached_behavior_set(handle: *mut Handle, flag: c_int, data: u64) -> c_int;
    fn memcached_server_add(handle: *mut Handle, host: *const c_char, port: u16) -> c_int;
    fn memcached_set(
        handle: *mut Handle,
        key: *const c_char,
        key_size: usize,
        value: *const c_char,
        size: usize,
        expiry: i64,
        flags: u32,
    ) -> c_int;
    fn memcached_get(
        handle: *mut Handle,
        key: *const c_char,
        key_size: usize,
        size: *mut usize,
        flags: *mut u32,
        status: *mut c_int,
    ) -> *mut c_char;
    fn memcached_mget(handle: *mut Handle, keys: *const *const c_char, sizes: *const usize, n: usize) -> c_int;
    fn memcached_fetch_result(handle: *mut Handle, result: *mut Found, status: *mut c_int) -> *mut Found;
    fn memcached_result_create(handle: *mut Handle, memory: *mut Found) -> *mut Found;
    fn memcached_result_free(result: *mut Found);
    fn memcached_result_value(result: *const Found) -> *const c_char;
    fn memcached_result_length(result: *const Found) -> usize;
    fn free(memory: *mut c_void);
}

pub struct Reference {
    handle: NonNull<Handle>,
    result: Box<Found>, // never moves: libmemcached's points into it
}

impl Reference {
    pub fn new(ports: &[u16]) -> Reference {
        let host = CString::new("127.0.0.1").expect("a host");
        // SAFETY: the handle is new, and all that is passed lives during the calls.
        unsafe {
            let handle = NonNull::new(memcached_create(ptr::null_mut())).expect("memcached_create");
            memcached_behavior_set(handle.as_ptr(), KETAMA_WEIGHTED, 1);
            memcached_behavior_set(handle.as_ptr(), TCP_NODELAY, 1);
            for port in ports {
                assert_eq!(SUCCESS, memcached_server_add(handle.as_ptr(), host.as_ptr(), *port));
            }
            let mut result = Box::new(Found([0; 1024]));
            assert!(
                !memcached_result_create(handle.as_ptr(), &mut *result).is_null(),
                "memcached_result_create"
            );
            Reference { handle, result }
        }
    }

    pub fn set(&self, key: &str, value: &[u8]) {
        let (key, key_size) = (key.as_ptr().cast(), key.len());
        // SAFETY: the handle lives, and so does what is passed.
        let status = unsafe {
            memcached_set(
                self.handle.as_ptr(),
                key,
                key_size,
                value.as_ptr().cast(),
                value.len(),
                0,
                0,
            )
        };
        assert_eq!(SUCCESS, status, "memcached_set");
    }

    /// Reads a value of `expected` bytes and frees it.
    pub fn hit(&self, key: &str, expected: usize) {
        let (mut size, mut flags, mut status) = (0, 0, 0);
        let (key, key_size) = (key.as_ptr().cast(), key.len());
        // SAFETY: as above; the value is ours to free.
        unsafe {
            let value = memcached_get(self.handle.as_ptr(), key, key_size, &mut size, &mut flags, &mut status);
            assert!(
                status == SUCCESS && !value.is_null() && size == expected,
                "memcached_get"
            );
            free(value.cast());
        }
    }

    /// Reads many values of more than `least` bytes and copies each.
    pub fn many(&mut self, keys: &[String], least: usize) -> Vec<Vec<u8>> {
        let names: Vec<*const c_char> = keys.iter().map(|key| key.as_ptr().cast()).collect();
        let sizes: Vec<usize> = keys.iter().map(String::len).collect();
        let mut values = Vec::with_capacity(keys.len());
        // SAFETY: as above; a result's value is good until the next one is fetched.
        unsafe {
            let sent = memcached_mget(self.handle.as_ptr(), names.as_ptr(), sizes.as_ptr(), keys.len());
            assert_eq!(SUCCESS, sent, "memcached_mget");
            let mut status = SUCCESS;
            while !memcached_fetch_result(self.handle.as_ptr(), &mut *self.result, &mut status).is_null() {
                let size = memcached_result_length(&*self.result);
                assert!(size > least, "memcached_fetch_result");
                let value = memcached_result_value(&*self.result).cast();
                values.push(std::slice::from_raw_parts(value, size).to_vec());
            }
        }
        assert_eq!(keys.len(), values.len(), "memcached_fetch_result");
        values
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: both are ours, and this is their end.
        unsafe {
            memcached_result_free(&mut *self.result);
            memcached_free(self.handle.as_ptr());
        }
    }
}
