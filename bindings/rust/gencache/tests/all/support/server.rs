//! A memcached of a test's own, which it may stop; and a raw client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

pub struct Server {
    process: Child,
    pub address: String,
}

impl Server {
    /// Starts a server on a free port of the loopback.
    pub fn start() -> Server {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "gencache-rust-{}-{}",
            process::id(),
            STARTED.fetch_add(1, Ordering::SeqCst)
        );
        let file = env::temp_dir().join(name);
        let mut command = Command::new("memcached");
        command
            .args(["-l", "127.0.0.1", "-p", "-1", "-U", "0", "-u", "root"])
            .env("MEMCACHED_PORT_FILENAME", &file);
        let process = command.stdin(Stdio::null()).spawn().expect("memcached starts");
        let port = wait_for_port(&file);
        fs::remove_file(&file).expect("the file with the port");
        Server {
            process,
            address: format!("127.0.0.1:{port}"),
        }
    }

    pub fn stop(&mut self) {
        self.process.kill().expect("the server runs");
        self.process.wait().expect("the server ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait_for_port(file: &PathBuf) -> String {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(10) {
        let text = fs::read_to_string(file).unwrap_or_default();
        if let Some(port) = text.lines().find_map(|line| line.strip_prefix("TCP INET: ")) {
            return port.to_string();
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("memcached did not tell its port");
}

/// A connection that speaks memcached's text protocol.
pub struct Items(BufReader<TcpStream>);

impl Items {
    pub fn of(address: &str) -> Items {
        Items(BufReader::new(
            TcpStream::connect(address).expect("the server is there"),
        ))
    }

    pub fn set(&mut self, key: &str, item: &[u8]) {
        let head = format!("set {key} 0 0 {}\r\n", item.len());
        assert_eq!("STORED", self.ask(&[head.as_bytes(), item, b"\r\n"].concat()));
    }

    pub fn get(&mut self, key: &str) -> Option<Vec<u8>> {
        let head = self.ask(format!("get {key}\r\n").as_bytes());
        let size = head
            .strip_prefix("VALUE ")?
            .rsplit(' ')
            .next()?
            .parse()
            .expect("a size");
        let mut item = vec![0; size];
        self.0.read_exact(&mut item).expect("an item");
        assert_eq!(("", "END"), (self.line().as_str(), self.line().as_str()));
        Some(item)
    }

    pub fn delete(&mut self, key: &str) {
        self.ask(format!("delete {key}\r\n").as_bytes());
    }

    fn ask(&mut self, request: &[u8]) -> String {
        self.0.get_mut().write_all(request).expect("the server listens");
        self.line()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("the server answers");
        line.trim_end().to_string()
    }
}
