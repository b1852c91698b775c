//! By hand.
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let limits = ingest::Limits::default();
        let t = std::time::Instant::now();
        let source = match ingest::Source::open(bytes, &limits) {
            Ok(s) => s,
            Err(r) => {
                println!("{path}: {} | {r} | {}", r.code(), r.explain(chart::Language::Ja));
                continue;
            }
        };
        println!("{path}: {} pages {} open {:?}", source.format(), source.n_pages(), t.elapsed());
        for n in 1..=source.n_pages() {
            let t = std::time::Instant::now();
            let checked = source.check_page(n);
            let check = t.elapsed();
            match source.page(n) {
                Ok(p) => {
                    println!(
                        "  {n}: {} {}x{} dpi {:?} {} bytes, check {:?}, page {:?}",
                        p.media_type,
                        p.width,
                        p.height,
                        p.dpi,
                        p.encoded.len(),
                        check,
                        t.elapsed() - check
                    );
                    if let Ok(dir) = std::env::var("OUT") {
                        let stem = std::path::Path::new(&path)
                            .file_name()
                            .unwrap()
                            .to_string_lossy()
                            .to_string();
                        let ext =
                            if p.media_type == ingest::MediaType::Png { "png" } else { "jpg" };
                        std::fs::write(format!("{dir}/{stem}-{n}.{ext}"), &p.encoded).unwrap();
                    }
                }
                Err(r) => println!("  {n}: {} | {r} {checked:?}", r.code()),
            }
        }
    }
}
