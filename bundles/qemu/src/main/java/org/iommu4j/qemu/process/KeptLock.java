package org.iommu4j.qemu.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** That a directory belongs to this JVM; the operating system gives it up when the JVM ends in any way. */
final class KeptLock {
    private final FileChannel channel;

    private KeptLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IommuException BUSY if the directory belongs to another one, NO_MEMORY if it cannot be made */
    static KeptLock of(String machine, Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (isLocked(channel)) {
                return new KeptLock(channel);
            }
            channel.close();
            throw IommuException.of(Reason.BUSY, "%s: the machine in %s belongs to another process, which lives",
                    machine, directory);
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, machine + ": no directory " + directory + ": " + e, e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another machine of this JVM has it
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of a kept machine is not given up", e);
        }
    }
}
