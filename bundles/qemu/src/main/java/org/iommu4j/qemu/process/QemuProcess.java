package org.iommu4j.qemu.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.qtest.QtestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running QEMU. It ends with {@link #end}, and with this JVM however that ends. */
public final class QemuProcess {
    private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);
    private static final long START_NANOS = 60_000_000_000L;
    private static final long END_SECONDS = 5;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final String machine;
    private final Workplace workplace;
    private final Process process;
    private final Watchdog watchdog;
    private final QtestClient qtest;
    private final Thread atExit;
    private volatile boolean ending;

    private QemuProcess(String machine, Workplace workplace, Process process) throws IOException {
        this.machine = machine;
        this.workplace = workplace;
        this.process = process;
        this.watchdog = watchdog(process, workplace);
        this.qtest = new QtestClient(machine, process.getOutputStream(), process.getInputStream(),
                workplace::lastWords);
        this.atExit = new Thread(() -> {
            watchdog.release();
            process.destroyForcibly();
            workplace.close();
        }, "end of " + machine);
    }

    /**
     * Starts QEMU and waits until it answers and its firmware runs.
     *
     * @param board the arguments that make the machine; memory, clock and connection are added here
     * @param firmware what its processor runs
     * @param monitor whether {@link #monitor} is to be there
     * @param memory over the workplace's memory file
     * @throws IommuException NO_DEVICE without a usable QEMU, IO with its last words if it ends, TIMEOUT
     */
    public static QemuProcess start(String machine, QemuProgram program, List<String> board,
            Firmware firmware, boolean monitor, Workplace workplace, PhysicalMemory memory) {
        program.check();
        long length = memory.ranges().stream().mapToLong(range -> range.length()).sum();
        try {
            workplace.size(length);
            memory.storeRelease32(firmware.state(), 0);
            List<String> command = new ArrayList<>(List.of(program.command()));
            command.addAll(List.of("-nodefaults", "-display", "none", "-no-reboot",
                    "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off",
                    "-bios", workplace.writeFirmware(firmware.image()).toString(),

                    "-object", "memory-backend-file,id=ram0,share=on,size=" + length + ",mem-path="
                            + workplace.memory(),
                    "-m", (length >> 20) + "M", "-qtest-log", "none", "-qtest", "stdio"));
            if (monitor) {
                command.addAll(List.of("-qmp", "unix:" + workplace.monitor() + ",server=on,wait=off"));
            }
            command.addAll(board);
            LOG.debug("{}: {}", machine, command);
            Process process = new ProcessBuilder(command).redirectError(workplace.errors().toFile()).start();
            QemuProcess qemu = new QemuProcess(machine, workplace, process);
            Runtime.getRuntime().addShutdownHook(qemu.atExit);
            qemu.awaitFirmware(memory, firmware.state());
            workplace.forgetMemory();
            return qemu;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, machine + ": QEMU cannot be started: " + e, e);
        }
    }

    private static Watchdog watchdog(Process process, Workplace workplace) throws IOException {
        try {
            return new Watchdog(process.pid(), workplace.directory());
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** QEMU's monitor: where it can be asked how it is made. */
    public Path monitor() {
        return workplace.monitor();
    }

    /** Name of the machine. */
    public String machine() {
        return machine;
    }

    public QtestClient qtest() {
        return qtest;
    }

    /** Has an action done, never on the calling thread, if QEMU ends by itself or has done so. */
    public void onDeath(Runnable action) {
        process.onExit().thenAcceptAsync(gone -> {
            if (!ending) {
                LOG.error("{}: QEMU has ended by itself, exit code {}: {}", machine, gone.exitValue(),
                        workplace.lastWords());
                action.run();
            }
        });
    }

    /** Ends the process and removes its files; idempotent. */
    public synchronized void end() {
        if (ending) {
            return;
        }
        ending = true;
        watchdog.release();
        process.destroyForcibly();
        awaitEnd();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.debug("{}: the JVM ends, and with it QEMU", machine);
        }
        workplace.close();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{}: QEMU, process {}, was killed and is still there", machine, process.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitFirmware(PhysicalMemory memory, long state) {
        long deadline = System.nanoTime() + START_NANOS;
        while (memory.loadAcquire32(state) != Firmware.READY) {
            if (!process.isAlive()) {
                IommuException ended = IommuException.of(Reason.IO, "%s: QEMU has ended at its start: %s", machine,
                        workplace.lastWords());
                end();
                throw ended;
            }
            if (System.nanoTime() - deadline > 0) {
                end();
                throw IommuException.of(Reason.TIMEOUT, "%s: QEMU's processor did not start in %d s", machine,
                        TimeUnit.NANOSECONDS.toSeconds(START_NANOS));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
