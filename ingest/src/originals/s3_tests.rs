//! The same promises on S3, against a server of its own: `moto_server` (PyPI: `moto[s3,server]`).

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::*;

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// `None` where there is no such program.
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut server = Self { process, port };
        for _ in 0..600 {
            if server.make_bucket() {
                return Some(server);
            }
            // A wrapper script without its program ends at once.
            if server.process.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("moto_server did not answer within a minute");
    }

    fn make_bucket(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let request = "PUT /charts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\
                       Connection: close\r\n\r\n";
        let mut answer = String::new();
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }

    fn open(&self, url: &str) -> Originals {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let options = [
            ("endpoint", endpoint.as_str()),
            ("region", "ap-northeast-1"),
            ("access_key_id", "test"),
            ("secret_access_key", "test"),
            ("allow_http", "true"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Originals::open(url, &BTreeMap::from(options)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_keeps_the_same_promises_as_a_folder() {
    let Some(server) = Server::start() else {
        // Past the capture of the test runner, so that nobody takes it for a pass.
        let _ = std::io::stderr().write_all(b"SKIPPED: no moto_server, the S3 store is untested\n");
        return;
    };
    let originals = server.open("s3://charts/clinic");
    originals.is_ready().await.unwrap();
    let bytes = Bytes::from(vec![42; 3_000_000]);
    let fingerprint = Fingerprint::of(&bytes);
    assert!(matches!(originals.get(fingerprint).await, Err(StoreError::Missing { .. })));
    originals.keep(fingerprint, bytes.clone()).await.unwrap();
    originals.keep(fingerprint, bytes.clone()).await.unwrap();
    assert_eq!(originals.get(fingerprint).await.unwrap(), bytes);

    let refusal = Refusal::NotAPicture(None);
    let junk = Bytes::from_static(b"junk");
    originals.keep_refused(Fingerprint::of(&junk), junk, &refusal).await.unwrap();

    // The prefix is a folder of the bucket, and written once means once.
    let beside = server.open("s3://charts");
    let inside = Path::from(format!("clinic/{}", original(fingerprint)));
    assert_eq!(beside.store.head(&inside).await.unwrap().size, 3_000_000);
    let again = PutOptions::from(PutMode::Create);
    let refused = beside.store.put_opts(&inside, Bytes::from_static(b"other").into(), again).await;
    assert!(matches!(refused, Err(object_store::Error::AlreadyExists { .. })), "{refused:?}");
    let nowhere = server.open("s3://nobodys-bucket");
    assert!(nowhere.is_ready().await.is_err());
    assert!(nowhere.keep(fingerprint, bytes).await.is_err());
}
