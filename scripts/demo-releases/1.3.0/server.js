// What is wrong with this release: it wants something that was never packed, and ends before it listens.
process.stderr.write("Starting the label printer service\n");
throw new Error("Cannot start: the module of the label printers was not found in this release.");
