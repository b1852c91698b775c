use super::*;

struct Folder {
    dir: tempfile::TempDir,
    originals: Originals,
}

fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("file://{}/data", dir.path().display());
    Folder { originals: Originals::open(&url, &BTreeMap::new()).unwrap(), dir }
}

#[tokio::test]
async fn what_was_kept_comes_back() {
    let Folder { originals, dir } = folder();
    let bytes = Bytes::from_static(b"a scan");
    let fingerprint = Fingerprint::of(&bytes);
    originals.keep(fingerprint, bytes.clone()).await.unwrap();
    originals.keep(fingerprint, bytes.clone()).await.unwrap();
    assert_eq!(originals.get(fingerprint).await.unwrap(), bytes);
    let name = fingerprint.to_string();
    let path = dir.path().join("data/originals").join(&name[..2]).join(&name);
    assert_eq!(std::fs::read(path).unwrap(), b"a scan");
}

#[tokio::test]
async fn a_changed_original_is_noticed() {
    let Folder { originals, dir } = folder();
    let bytes = Bytes::from_static(b"a scan");
    let fingerprint = Fingerprint::of(&bytes);
    originals.keep(fingerprint, bytes.clone()).await.unwrap();
    let path = dir.path().join("data").join(original(fingerprint).as_ref());
    std::fs::write(&path, b"A SCAN").unwrap();
    assert!(matches!(originals.get(fingerprint).await, Err(StoreError::Damaged { .. })));
    std::fs::write(&path, b"short").unwrap();
    let kept = originals.keep(fingerprint, bytes).await;
    assert!(matches!(kept, Err(StoreError::Damaged { .. })));
}

#[tokio::test]
async fn a_missing_original_says_where_it_was_looked_for() {
    let Folder { originals, .. } = folder();
    let error = originals.get(Fingerprint::of(b"nothing")).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }));
    assert!(error.to_string().contains("file:"));
}

#[tokio::test]
async fn a_refused_file_is_kept_aside_with_its_reason() {
    let Folder { originals, dir } = folder();
    let fingerprint = Fingerprint::of(b"junk");
    let refusal = Refusal::NotAPicture(None);
    originals.keep_refused(fingerprint, Bytes::from_static(b"junk"), &refusal).await.unwrap();
    originals.keep_refused(fingerprint, Bytes::from_static(b"junk"), &refusal).await.unwrap();
    let beside = dir.path().join("data").join(refused(fingerprint, ".reason.txt").as_ref());
    let reason = std::fs::read_to_string(beside).unwrap();
    assert!(
        reason.contains("画像として読めない") && reason.contains("cannot be read as a picture")
    );
    assert!(matches!(originals.get(fingerprint).await, Err(StoreError::Missing { .. })));
}

#[tokio::test]
async fn twenty_writers_of_one_file_leave_one_whole_file() {
    let Folder { originals, dir } = folder();
    let bytes = Bytes::from(vec![7; 300_000]);
    let fingerprint = Fingerprint::of(&bytes);
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (originals, bytes) = (originals.clone(), bytes.clone());
        writers.spawn(async move { originals.keep(fingerprint, bytes).await });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap().unwrap();
    }
    assert_eq!(originals.get(fingerprint).await.unwrap(), bytes);
    let beside = dir.path().join("data").join(original(fingerprint).as_ref());
    assert_eq!(std::fs::read_dir(beside.parent().unwrap()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_ready_store_says_so() {
    folder().originals.is_ready().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_cannot_be_written_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let in_the_way = dir.path().join("file");
    std::fs::write(&in_the_way, "x").unwrap();
    let error =
        Originals::open(&format!("file:{}", in_the_way.join("x").display()), &BTreeMap::new())
            .unwrap_err();
    assert!(matches!(error, StoreError::Url(ref what) if what.contains("cannot be used")));
}

#[test]
fn an_url_of_another_kind_and_an_unknown_setting_are_refused() {
    let open = |url: &str, options: &[(&str, &str)]| {
        let options =
            options.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect::<BTreeMap<_, _>>();
        Originals::open(url, &options).map(|_| ()).unwrap_err().to_string()
    };
    assert!(open("/var/data", &[]).contains("must begin with file: or s3://"));
    assert!(open("s3://bucket", &[("colour", "red")]).contains("no setting of S3"));
}
