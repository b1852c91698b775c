//! Archives and compression around a file, by their content.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::error::MastersError;

/// A file as it would lie there unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name of the file; for a member of an archive `archive.zip!member.txt`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a file may have, and may grow to when it is unpacked. The largest official file (傷病名マスター) unpacks to 8 MB; what grows beyond this is none.
pub const LARGEST: u64 = 256 << 20;
/// Members of an archive; MEDIS' packages hold about twenty.
const MEMBERS: usize = 200;

/// What the first bytes say.
pub fn is_zip(bytes: &[u8]) -> bool {
    // An archive without a file begins with its end.
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// A workbook: xls by its compound file header, xlsx by the parts in its archive.
pub fn is_workbook(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return true;
    }
    is_zip(bytes)
        && zip::ZipArchive::new(Cursor::new(bytes))
            .is_ok_and(|archive| archive.index_for_name("xl/workbook.xml").is_some())
}

/// The files in a file: the members of an archive, what is compressed, or the file itself.
pub fn unpack(name: &str, bytes: &[u8]) -> Result<Vec<Member>, MastersError> {
    let mut members = Vec::new();
    if bytes.is_empty() {
        return Err(MastersError::Empty { file: name.to_owned() });
    }
    unpack_into(&mut members, name, bytes, 0)?;
    Ok(members)
}

fn unpack_into(
    members: &mut Vec<Member>,
    name: &str,
    bytes: &[u8],
    depth: usize,
) -> Result<(), MastersError> {
    let broken = |reason: String| MastersError::Container { file: name.to_owned(), reason };
    // An archive in an archive occurs (a year's packages); deeper is no publication.
    if depth > 2 || members.len() >= MEMBERS {
        return Err(broken("too many files inside each other".into()));
    }
    if bytes.starts_with(b"\x1F\x8B") {
        let unpacked = limited(MultiGzDecoder::new(bytes)).map_err(broken)?;
        let inner = name.strip_suffix(".gz").unwrap_or(name);
        return unpack_into(members, inner, &unpacked, depth + 1);
    }
    if !is_zip(bytes) || is_workbook(bytes) {
        members.push(Member { name: name.to_owned(), bytes: bytes.to_vec() });
        return Ok(());
    }
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(error.to_string()))?;
    if archive.is_empty() {
        return Err(MastersError::Empty { file: name.to_owned() });
    }
    if archive.len() > MEMBERS {
        return Err(broken(format!("{} files inside", archive.len())));
    }
    for number in 0..archive.len() {
        let member = archive.by_index(number).map_err(|error| broken(error.to_string()))?;
        if !member.is_file() {
            continue;
        }
        let inner = format!("{name}!{}", member_name(member.name_raw()));
        let unpacked = limited(member).map_err(broken)?;
        unpack_into(members, &inner, &unpacked, depth + 1)?;
    }
    Ok(())
}

/// Names in Japanese archives are cp932 more often than UTF-8.
fn member_name(raw: &[u8]) -> String {
    super::text::Text::new(raw).whole().into_owned()
}

fn limited(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    reader.take(LARGEST + 1).read_to_end(&mut unpacked).map_err(|error| error.to_string())?;
    if unpacked.len() as u64 > LARGEST {
        return Err(format!("grows beyond {} MiB", LARGEST >> 20));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn members_keep_their_names() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"two").unwrap();
        let gzip = gzip.finish().unwrap();
        let archive = zipped(&[("one.txt", b"one"), ("two.txt.gz", &gzip)]);
        let members = unpack("a.zip", &archive).unwrap();
        let named: Vec<_> = members.iter().map(|m| (m.name.as_str(), m.bytes.as_slice())).collect();
        assert_eq!(named, [("a.zip!one.txt", &b"one"[..]), ("a.zip!two.txt", &b"two"[..])]);
    }

    #[test]
    fn a_workbook_is_no_archive_of_files() {
        let workbook = zipped(&[("xl/workbook.xml", b"<workbook/>")]);
        assert!(is_workbook(&workbook));
        assert_eq!(unpack("b.xlsx", &workbook).unwrap().len(), 1);
    }

    #[test]
    fn what_holds_nothing_is_told_to_be_empty() {
        for nothing in [Vec::new(), zipped(&[])] {
            assert!(matches!(unpack("a.zip", &nothing), Err(MastersError::Empty { .. })));
        }
    }

    #[test]
    fn a_cut_archive_is_refused_with_its_name() {
        let mut archive = zipped(&[("one.txt", b"one")]);
        archive.truncate(archive.len() / 2);
        let error = unpack("cut.zip", &archive).unwrap_err().to_string();
        assert!(error.contains("cut.zip"), "{error}");
    }
}
