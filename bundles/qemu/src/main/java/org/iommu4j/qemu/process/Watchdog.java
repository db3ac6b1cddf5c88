package org.iommu4j.qemu.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Ends QEMU, and removes its files, when this JVM ends without a chance to do so itself: a process of its own that
 * waits for the end of its standard input, whose other end the operating system closes with the JVM.
 */
final class Watchdog {
    private static final String SCRIPT = "read -r nothing; kill -9 \"$1\"; rm -rf -- \"$2\"";
    private static final long END_SECONDS = 5;

    private final Process process;

    /**
     * @param watched the process to end
     * @param directory what to remove then
     */
    Watchdog(long watched, Path directory) throws IOException {
        process = new ProcessBuilder("sh", "-c", SCRIPT, "iommu4j-watchdog", Long.toString(watched),
                directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Lets go of the process, which ends in another way; to be called while its id is still its own. */
    void release() {
        process.destroyForcibly();
        try {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
