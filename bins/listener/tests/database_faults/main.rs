//! The database fails under load: senders hear within their time that they are to send again, what
//! was acknowledged is there once, and when the database is well the same listener goes on.
#![cfg(test)]
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../crash/ledger.rs"]
mod ledger;
#[allow(dead_code, reason = "each test uses its part")]
#[path = "../crash/program.rs"]
mod program;
#[allow(dead_code, reason = "each test uses its part")]
#[path = "../crash/sender.rs"]
mod sender;

mod load;

use std::fs;
use std::path::Path;

use load::Load;
use program::{Program, sibling};
use testdisk::{Disk, Fault, Unflushed};
use testkit::cluster::Cluster;
use testkit::sqlite::{assert_intact, rows};

#[test]
fn postgres_crashes_in_mid_commit_and_comes_back() {
    let Some(mut cluster) = Cluster::start_or_skip(Path::new("/tmp")) else {
        return;
    };
    let mut load = Load::on(&cluster.url());
    for _ in 0..3 {
        load.all_are_accepted();
        cluster.crash();
        load.all_are_rejected();
        cluster.restart();
    }
    load.all_are_accepted();
    load.finish();
}

#[test]
fn postgres_ends_connections_and_the_next_ones_serve() {
    let Some(cluster) = Cluster::start_or_skip(Path::new("/tmp")) else {
        return;
    };
    let mut load = Load::on(&cluster.url());
    for _ in 0..20 {
        load.all_are_accepted();
        cluster.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        );
    }
    load.all_are_accepted();
    load.finish();
}

#[test]
fn postgres_takes_no_writes_for_a_while() {
    let Some(cluster) = Cluster::start_or_skip(Path::new("/tmp")) else {
        return;
    };
    let mut load = Load::on(&cluster.url());
    load.all_are_accepted();
    cluster.rows("ALTER SYSTEM SET default_transaction_read_only = on");
    cluster.rows("SELECT pg_reload_conf()");
    load.all_are_rejected();
    cluster.rows("ALTER SYSTEM RESET default_transaction_read_only");
    cluster.rows("SELECT pg_reload_conf()");
    load.all_are_accepted();
    load.finish();
}

/// PostgreSQL gives up where its log cannot grow; who starts it again has made room before.
#[test]
fn postgres_has_no_room_on_its_disk() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let Some(mut cluster) = Cluster::start_or_skip(disk.path()) else {
        return;
    };
    let mut load = Load::on(&cluster.url());
    load.all_are_accepted();
    disk.set_fault(Some(Fault::Full));
    load.all_are_rejected();
    disk.set_fault(None);
    cluster.crash();
    cluster.restart();
    load.all_are_accepted();
    load.finish();
}

#[test]
fn sqlite_has_no_room_on_its_disk() {
    sqlite_on_a_disk_with(Fault::Full);
}

#[test]
fn sqlite_takes_no_writes_for_a_while() {
    sqlite_on_a_disk_with(Fault::ReadOnly);
}

fn sqlite_on_a_disk_with(fault: Fault) {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let file = disk.path().join("cistern.db");
    let mut load = Load::on(&format!("sqlite:{}", file.display()));
    for _ in 0..3 {
        load.all_are_accepted();
        disk.set_fault(Some(fault));
        load.all_are_rejected();
        disk.set_fault(None);
    }
    load.all_are_accepted();
    load.finish();
    assert_intact(&file);
}

/// What is on the disk then is unknown: the listener stops, and reads it back when it starts.
#[test]
fn sqlite_cannot_flush_and_the_listener_stops() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let file = disk.path().join("cistern.db");
    let mut load = Load::on(&format!("sqlite:{}", file.display()));
    load.all_are_accepted();
    disk.set_fault(Some(Fault::FlushFails));
    load.listener_stops("a flush to disk failed");
    disk.set_fault(None);
    let mark = file.with_file_name("cistern.db-flush");
    assert_eq!(fs::metadata(mark).unwrap().len(), 1);
    load.start_again();
    load.all_are_accepted();
    load.finish();
    assert_intact(&file);
}

#[test]
fn sqlite_cannot_flush_a_migration_and_every_program_is_told() {
    let Some(disk) = Disk::mount_or_skip() else {
        return;
    };
    let file = disk.path().join("cistern.db");
    let url = format!("sqlite:{}", file.display());
    let environment = [("CISTERN_DATABASE_URL", &*url)];
    let listener = env!("CARGO_BIN_EXE_cistern-listener");
    let importer = sibling(listener, "cistern-importer");
    let mut importer = Program::start(&importer, "", &environment);
    importer.wait_for("importing");
    // To the next program nothing is migrated yet.
    rows(&file, "ALTER TABLE _sqlx_migrations RENAME TO forgotten");
    disk.set_fault(Some(Fault::FlushFails));
    let mut listener = Program::start(listener, "", &environment);
    listener.wait_for("migrate the database: database error 1034");
    importer.wait_for("an earlier flush to disk failed");
    disk.set_fault(None);
    listener.ended();
    importer.ended();
    let mark = file.with_file_name("cistern.db-flush");
    assert_eq!(fs::metadata(mark).unwrap().len(), 1);
}

/// What was copied before may be lost, and the next flush would not notice: neither the end of the
/// listener nor another program flushes again, and the next start copies all of the log anew.
#[test]
fn sqlite_loses_what_it_flushes_and_every_program_stops() {
    let Some(mut disk) = Disk::mount_or_skip() else {
        return;
    };
    let file = disk.path().join("cistern.db");
    let [log, mark] = ["cistern.db-wal", "cistern.db-flush"].map(|name| disk.path().join(name));
    let length = |path: &Path| fs::metadata(path).unwrap().len();
    let url = format!("sqlite:{}", file.display());
    let mut load = Load::on(&url);
    let importer = sibling(env!("CARGO_BIN_EXE_cistern-listener"), "cistern-importer");
    let environment = [("CISTERN_DATABASE_URL", &*url)];
    let mut importer = Program::start(&importer, "", &environment);
    importer.wait_for("importing");
    load.all_are_accepted();
    disk.set_fault(Some(Fault::FlushLoses("cistern.db")));
    load.large_ones_until_one_is_not_accepted();
    load.listener_stops("a flush to disk failed");
    importer.wait_for("an earlier flush to disk failed");
    // A disk that seems to be well again.
    disk.set_fault(None);
    importer.ended();
    load.ended();
    assert_eq!(length(&mark), 1);
    assert!(length(&log) > 0, "the only good copy");
    load.start_again();
    assert_eq!(length(&mark), 0);
    load.all_are_accepted();
    load.power_fails(|| disk.restore_power(Unflushed::Lost).unwrap());
    load.start_again();
    load.all_are_accepted();
    load.finish();
    assert_intact(&file);
}
