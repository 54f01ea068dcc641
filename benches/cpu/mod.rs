//! CPU seconds, which repeat on a busy machine where wall time does not.

/// CPU seconds of this process so far: fields 14 and 15 of proc_pid_stat(5), in hundredths.
pub fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit_once(')').expect("a name").1;
    let ticks = |field: usize| -> f64 {
        after_name.split_whitespace().nth(field).and_then(|text| text.parse().ok()).expect("ticks")
    };
    (ticks(11) + ticks(12)) / 100.0
}
