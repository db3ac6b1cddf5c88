package org.iommu4j.qemu.process;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.qtest.QtestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running QEMU. It ends with {@link #end}, and with this JVM however that ends; one in a kept workplace ends with
 * this JVM only if that ends in good order, and waits for the next one else.
 */
public final class QemuProcess {
    private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);
    private static final long START_NANOS = 60_000_000_000L;
    private static final long END_SECONDS = 5;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final String machine;
    private final Workplace workplace;
    private final ProcessHandle process;
    private final Optional<Watchdog> watchdog;
    private final QtestClient qtest;
    private final Thread atExit;
    private volatile boolean ending;

    private QemuProcess(String machine, Workplace workplace, ProcessHandle process, Optional<Watchdog> watchdog,
            OutputStream commands, InputStream replies) {
        this.machine = machine;
        this.workplace = workplace;
        this.process = process;
        this.watchdog = watchdog;
        this.qtest = new QtestClient(machine, commands, replies, workplace::lastWords);
        this.atExit = new Thread(() -> {
            watchdog.ifPresent(Watchdog::release);
            process.destroyForcibly();
            workplace.close();
        }, "end of " + machine);
        Runtime.getRuntime().addShutdownHook(atExit);
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
    public static QemuProcess start(String machine, QemuProgram program, List<String> board, Firmware firmware,
            boolean monitor, Workplace workplace, PhysicalMemory memory) {
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
                    "-m", (length >> 20) + "M", "-qtest-log", "none"));
            command.addAll(workplace.connection());
            if (monitor) {
                command.addAll(List.of("-qmp", "unix:" + workplace.monitor() + ",server=on,wait=off"));
            }
            command.addAll(board);
            LOG.debug("{}: {}", machine, command);
            return started(machine, workplace, workplace.start(command), memory, firmware.state());
        } catch (IOException e) {
            throw new IommuException(Reason.IO, machine + ": QEMU cannot be started: " + e, e);
        }
    }

    private static QemuProcess started(String machine, Workplace workplace, Process process, PhysicalMemory memory,
            long state) throws IOException {
        Optional<Watchdog> watchdog = Optional.empty();
        try {
            watchdog = workplace.isKept() ? Optional.empty()
                    : Optional.of(new Watchdog(process.pid(), workplace.directory()));
            awaitFirmware(machine, workplace, process, memory, state);
            QemuProcess qemu = workplace.isKept() ? connect(machine, workplace)
                    : new QemuProcess(machine, workplace, process.toHandle(), watchdog, process.getOutputStream(),
                            process.getInputStream());
            workplace.forgetMemory();
            return qemu;
        } catch (IOException | RuntimeException e) {
            watchdog.ifPresent(Watchdog::release);
            process.destroyForcibly();
            throw e;
        }
    }

    /**
     * Connects to the QEMU of a kept workplace, which runs.
     *
     * @throws IommuException IO if it has ended
     */
    public static QemuProcess connect(String machine, Workplace workplace) {
        ProcessHandle process = workplace.running().orElseThrow(
                () -> IommuException.of(Reason.IO, "%s: QEMU has ended: %s", machine, workplace.lastWords()));
        try {
            QemuProcess qemu = new QemuProcess(machine, workplace, process, Optional.empty(),
                    new FileOutputStream(workplace.commands().toFile()),
                    new FileInputStream(workplace.replies().toFile()));
            qemu.qtest.synchronize();
            return qemu;
        } catch (IOException e) {
            process.destroyForcibly();
            throw new IommuException(Reason.IO, machine + ": no connection to QEMU: " + e, e);
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
                LOG.error("{}: QEMU has ended by itself: {}", machine, workplace.lastWords());
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
        watchdog.ifPresent(Watchdog::release);
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
            process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("{}: QEMU, process {}, was killed and is still there", machine, process.pid());
        }
    }

    private static void awaitFirmware(String machine, Workplace workplace, Process process, PhysicalMemory memory,
            long state) {
        long deadline = System.nanoTime() + START_NANOS;
        while (memory.loadAcquire32(state) != Firmware.READY) {
            if (!process.isAlive()) {
                throw IommuException.of(Reason.IO, "%s: QEMU has ended at its start: %s", machine,
                        workplace.lastWords());
            }
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.TIMEOUT, "%s: QEMU's processor did not start in %d s", machine,
                        TimeUnit.NANOSECONDS.toSeconds(START_NANOS));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
