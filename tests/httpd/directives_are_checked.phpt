--TEST--
SlotmemGroup and SlotmemGroupAccess take what they document, in the main server only; other values stop httpd with a message
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd();
?>
--FILE--
<?php
require __DIR__ . '/httpd_server.inc';

$server = new HttpdServer('directives', getenv('SHMPACK_SLOTMEM_MODULE'), 'event');
foreach (['SlotmemGroup www-data', 'SlotmemGroup #33', 'SlotmemGroupAccess none', 'SlotmemGroupAccess read',
    'SlotmemGroupAccess WRITE', 'SlotmemGroup no-such-group', 'SlotmemGroup #', 'SlotmemGroup #33x', 'SlotmemGroup #-1',
    'SlotmemGroup #4294967295', 'SlotmemGroupAccess all', 'SlotmemGroupAccess', "<VirtualHost *>\nSlotmemGroup www-data\n</VirtualHost>",
    "<IfModule slotmem_shm_module>\n<IfModule mod_slotmem_shm.c>\nLogLevel slotmem_shm:debug\nSlotmemGroupAccess x\n</IfModule>\n</IfModule>"] as $lines) {
    $server->configure($lines);
    $output = [];
    exec("/usr/sbin/apache2 -t -f $server->folder/httpd.conf 2>&1", $output);
    echo strtr($lines, "\n", ' '), ': ', preg_replace('/^.* of \S+httpd\.conf: ?/', '', implode(' ', $output)), "\n";
}
$server->remove();
?>
--EXPECT--
SlotmemGroup www-data: Syntax OK
SlotmemGroup #33: Syntax OK
SlotmemGroupAccess none: Syntax OK
SlotmemGroupAccess read: Syntax OK
SlotmemGroupAccess WRITE: Syntax OK
SlotmemGroup no-such-group: SlotmemGroup: there is no group no-such-group
SlotmemGroup #: SlotmemGroup: # is not a group's number
SlotmemGroup #33x: SlotmemGroup: #33x is not a group's number
SlotmemGroup #-1: SlotmemGroup: #-1 is not a group's number
SlotmemGroup #4294967295: SlotmemGroup: #4294967295 is not a group's number
SlotmemGroupAccess all: SlotmemGroupAccess must be none, read or write
SlotmemGroupAccess: SlotmemGroupAccess takes one argument, what that group may do with the slots: none, read (the default) or write
<VirtualHost *> SlotmemGroup www-data </VirtualHost>: SlotmemGroup cannot occur within <VirtualHost> section
<IfModule slotmem_shm_module> <IfModule mod_slotmem_shm.c> LogLevel slotmem_shm:debug SlotmemGroupAccess x </IfModule> </IfModule>: SlotmemGroupAccess must be none, read or write
