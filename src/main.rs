//! The `vigie` program: arguments in, exit code out.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(vigie::cli::main()),
        Err(error) => {
            eprintln!("vigie: the runtime cannot start: {error}");
            ExitCode::from(2)
        }
    }
}
