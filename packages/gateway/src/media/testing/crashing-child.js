/** A decoder that a file can crash: the first job of each process ends it, as a fault in native code would. */
process.on('disconnect', () => process.exit(0));
process.on('message', () => process.kill(process.pid, 'SIGSEGV'));
process.send({ kind: 'ready' });
