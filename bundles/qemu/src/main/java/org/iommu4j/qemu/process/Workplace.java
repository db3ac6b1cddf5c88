package org.iommu4j.qemu.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A directory with a QEMU's memory file, firmware and standard error: a temporary one, or one that is kept, for a
 * QEMU that is to outlive this JVM. Such a QEMU is connected by named pipes, which it holds open itself, so that a
 * client may die and another come. One thread.
 */
public final class Workplace {
    private static final int LAST_WORDS = 600;
    private static final String PIPE = "qtest";

    private final String machine;
    private final Path directory;
    private final Optional<KeptLock> lock;

    private Workplace(String machine, Path directory, Optional<KeptLock> lock) {
        this.machine = machine;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * A temporary one.
     *
     * @param memoryLength bytes of the memory file
     * @throws IommuException NO_MEMORY if its disk could not hold all of it
     */
    public Workplace(String machine, long memoryLength) {
        this(machine, temporary(machine), Optional.empty());
        checkSpace(memoryLength);
    }

    private static Path temporary(String machine) {
        try {
            return Files.createTempDirectory("iommu4j-" + machine + "-");
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, machine + ": no directory for its memory file: " + e, e);
        }
    }

    /**
     * One that is kept; what a QEMU that has ended left there is removed.
     *
     * @param directory created if it is absent
     * @throws IommuException BUSY while another process has it, NO_MEMORY as for a temporary one
     */
    public static Workplace kept(String machine, Path directory, long memoryLength) {
        Workplace workplace = new Workplace(machine, directory, Optional.of(KeptLock.of(machine, directory)));
        if (workplace.running().isEmpty()) {
            workplace.removeFiles();
            workplace.checkSpace(memoryLength);
        }
        return workplace;
    }

    private void checkSpace(long memoryLength) {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < memoryLength) {
                close();
                throw IommuException.of(Reason.NO_MEMORY, "%s: its memory file takes up to %d MiB, %s has %d MiB free;"
                        + " choose another place with -Djava.io.tmpdir", machine, memoryLength >> 20,
                        directory.getParent(), free >> 20);
            }
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, machine + ": no space for its memory file: " + e, e);
        }
    }

    public boolean isKept() {
        return lock.isPresent();
    }

    /** The QEMU that runs here, of a place that is kept. */
    public Optional<ProcessHandle> running() {
        Path file = process();
        if (!isKept() || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).filter(ProcessHandle::isAlive)
                    .filter(each -> each.info().command().orElse("").contains("qemu"));
        } catch (IOException | NumberFormatException e) {
            throw new IommuException(Reason.IO, machine + ": " + file + " names no process: " + e, e);
        }
    }

    /** QEMU's arguments for the connection. */
    List<String> connection() throws IOException {
        if (!isKept()) {
            return List.of("-qtest", "stdio");
        }
        Process making = new ProcessBuilder("mkfifo", commands().toString(), replies().toString()).start();
        try {
            if (making.waitFor() != 0) {
                throw new IOException("mkfifo makes no named pipes in " + directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted at the start", e);
        }
        return List.of("-chardev", "pipe,id=qtest,path=" + directory.resolve(PIPE), "-qtest", "chardev:qtest");
    }

    Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors().toFile());
        if (!isKept()) {
            return builder.start();
        }
        Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Files.writeString(process(), Long.toString(process.pid()));
        return process;
    }

    Path directory() {
        return directory;
    }

    /** The file that QEMU and this process share. */
    public Path memory() {
        return directory.resolve("memory");
    }

    /** For firmware tables, which can be fetched only before anybody uses memory. */
    public Path tables() {
        return directory.resolve("tables");
    }

    Path commands() {
        return directory.resolve(PIPE + ".in");
    }

    Path replies() {
        return directory.resolve(PIPE + ".out");
    }

    private Path process() {
        return directory.resolve("process");
    }

    /** Gives the memory file its length, without taking space. */
    void size(long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(memory().toFile(), "rw")) {
            file.setLength(length);
        }
    }

    /** Who has the memory file open keeps it; its name goes, unless it is needed, so that nothing is left. */
    void forgetMemory() throws IOException {
        if (!isKept()) {
            Files.deleteIfExists(memory());
        }
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

    private void removeFiles() {
        try {
            for (Path file : new Path[] {memory(), directory.resolve("firmware"), monitor(), errors(), tables(),
                commands(), replies(), process()}) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("files of QEMU cannot be removed", e);
        }
    }

    /** Removes everything of a QEMU that has ended, core's record left out; idempotent. */
    public void close() {
        removeFiles();
        try {
            if (!isKept()) {
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("temporary files of QEMU cannot be removed", e);
        }
        lock.ifPresent(KeptLock::close);
    }
}
