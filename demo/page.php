<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// The page that httpd serves for every path: counts the request, then shows the last visitors of all workers.
// Response headers give the load client the request's number, the worker's pid, and the time spent on shared variables.

require __DIR__ . '/traffic.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/';
$agent = $_SERVER['HTTP_USER_AGENT'] ?? 'unknown';

$began = hrtime(true);
$traffic = new Traffic((int) $_SERVER['DEMO_SHARED']);
$hit = $traffic->count($path, $agent);
$visitors = $traffic->visitors();
$shared_ns = hrtime(true) - $began;

header("X-Hit: $hit");
header('X-Worker: ' . getmypid());
header("X-Shared-Ns: $shared_ns");
header("X-Waited-Ns: $traffic->waited_ns");

$text = fn (string $raw): string => htmlspecialchars($raw, ENT_QUOTES | ENT_SUBSTITUTE);
?>
<!DOCTYPE html>
<title>shmpack demo</title>
<h1>Hit <?= $hit ?></h1>
<p>You asked for <?= $text($path) ?>; worker <?= getmypid() ?> answered. Last visitors:</p>
<table>
<?php foreach ($visitors as $visitor): ?>
<tr><td><?= date('H:i:s', (int) $visitor['time']) ?></td><td><?= $text($visitor['path']) ?></td>
<td><?= $text($visitor['agent']) ?></td><td><?= $visitor['pid'] ?></td></tr>
<?php endforeach ?>
</table>
