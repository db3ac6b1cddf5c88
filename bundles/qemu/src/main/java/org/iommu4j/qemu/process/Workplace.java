package org.iommu4j.qemu.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** A temporary directory with a QEMU's memory file, firmware and standard error. One thread. */
public final class Workplace {
    private static final int LAST_WORDS = 600;

    private final Path directory;

    /**
     * @param memoryLength bytes of the memory file
     * @throws IommuException NO_MEMORY if its disk could not hold all of it
     */
    public Workplace(String machine, long memoryLength) {
        try {
            this.directory = Files.createTempDirectory("iommu4j-" + machine + "-");
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < memoryLength) {
                close();
                throw IommuException.of(Reason.NO_MEMORY, "%s: its memory file takes up to %d MiB, %s has %d MiB free;"
                        + " choose another place with -Djava.io.tmpdir", machine, memoryLength >> 20,
                        directory.getParent(), free >> 20);
            }
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, machine + ": no directory for its memory file: " + e, e);
        }
    }

    Path directory() {
        return directory;
    }

    /** The file that QEMU and this process share. */
    public Path memory() {
        return directory.resolve("memory");
    }

    /** Gives the memory file its length, without taking space. */
    void size(long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(memory().toFile(), "rw")) {
            file.setLength(length);
        }
    }

    /** Who has the memory file open keeps it; its name goes, so that nothing is left whatever happens. */
    void forgetMemory() throws IOException {
        Files.deleteIfExists(memory());
    }

    Path writeFirmware(byte[] image) throws IOException {
        return Files.write(directory.resolve("firmware"), image);
    }

    Path monitor() {
        return directory.resolve("monitor");
    }

    Path errors() {
        return directory.resolve("errors");
    }

    /** The end of QEMU's standard error. */
    String lastWords() {
        try {
            String said = Files.readString(errors(), StandardCharsets.UTF_8).strip();
            return said.isEmpty() ? "it said nothing" : said.substring(Math.max(0, said.length() - LAST_WORDS));
        } catch (IOException e) {
            return "what it said cannot be read: " + e;
        }
    }

    /** Removes everything; idempotent. */
    public void close() {
        try {
            for (Path file : new Path[] {memory(), directory.resolve("firmware"), monitor(), errors(),
                directory}) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("temporary files of QEMU cannot be removed", e);
        }
    }
}
