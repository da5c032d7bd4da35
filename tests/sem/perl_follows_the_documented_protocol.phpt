--TEST--
Perl opens, acquires, releases and closes a semaphore by docs/format/semaphores.md alone: it and PHP exclude each other
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
exec('perl -MIPC::SysV -e 1 2>&1', $output, $status);
if ($status !== 0) die('skip needs Perl with IPC::SysV');
?>
--FILE--
<?php
const KEY = 0x5b000f31;
$perl = <<<'PERL'
    use IPC::SysV qw(IPC_CREAT SETVAL GETVAL SEM_UNDO);
    $| = 1;
    my ($key, $limit) = @ARGV;
    sub steps { my $id = shift; return semop($id, pack 's!*', map { (@$_, SEM_UNDO) } @_) ? 'done' : 'failed' }
    my $id = semget($key, 3, IPC_CREAT | 0600) // die "semget: $!\n";
    steps($id, [2, 0], [2, 1], [1, 1]);
    semctl($id, 0, SETVAL, $limit) if semctl($id, 1, GETVAL, 0) == 1;
    steps($id, [2, -1]);
    while (my $line = <STDIN>) {
        print steps($id, [0, -1]), "\n" if $line eq "acquire\n";
        print steps($id, [0, 1]), "\n" if $line eq "release\n";
        print steps($id, [1, -1]), "\n" if $line eq "close\n";
    }
    PERL;

$process = proc_open(['perl', '-e', $perl, KEY, 2], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
function perl(string $what): string
{
    global $pipes;
    fwrite($pipes[0], "$what\n");
    return "Perl, $what: " . fgets($pipes[1]);
}

echo perl('acquire');
$semaphore = sem_get(KEY, 1); // Perl was there first: its limit of 2 counts.
var_dump(sem_acquire($semaphore, true));
echo 'both are taken: ';
var_dump(sem_acquire($semaphore, true));
echo perl('release');
var_dump(sem_acquire($semaphore, true), sem_release($semaphore));
echo perl('acquire');
proc_terminate($process, 9);
proc_close($process);
echo 'Perl was killed: ';
var_dump(sem_acquire($semaphore, true));
sem_remove($semaphore);
?>
--CLEAN--
<?php shell_exec('ipcrm -S ' . 0x5b000f31 . ' 2>/dev/null'); ?>
--EXPECT--
Perl, acquire: done
bool(true)
both are taken: bool(false)
Perl, release: done
bool(true)
bool(true)
Perl, acquire: done
Perl was killed: bool(true)
