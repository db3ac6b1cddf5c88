package org.iommu4j.mm.process;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.area.Areas;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.mm.table.Cpu;

/** The processes of one machine, until it leaves. Any thread. */
public final class MachineProcesses implements Processes, AutoCloseable {
    private final String machine;
    private final PageStore store;
    private final Cpu cpu;
    private final int residentLimit;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ConcurrentSkipListMap<Integer, MachineProcess> alive = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    /** @param residentLimit most pages that one process has in memory */
    public MachineProcesses(String machine, PageStore store, Cpu cpu, int residentLimit) {
        this.machine = machine;
        this.store = store;
        this.cpu = cpu;
        this.residentLimit = residentLimit;
    }

    @Override
    public String machine() {
        return machine;
    }

    @Override
    public UserProcess create(String name) {
        return add(number -> new MachineProcess(this, number, name, 0, new Areas()));
    }

    @Override
    public UserProcess get(int id) {
        MachineProcess process = alive.get(id);
        if (process == null) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s has no process %d; there are %s", machine, id,
                    alive.keySet());
        }
        return process;
    }

    @Override
    public List<UserProcess> list() {
        return List.copyOf(alive.values());
    }

    /** The machine leaves: every process ends, and none begins. */
    @Override
    public void close() {
        closed = true;
        alive.values().forEach(MachineProcess::exit);
    }

    PageStore store() {
        return store;
    }

    Cpu cpu() {
        return cpu;
    }

    int residentLimit() {
        return residentLimit;
    }

    /** @param made makes the process of a number */
    MachineProcess add(IntFunction<MachineProcess> made) {
        checkOpen();
        MachineProcess process = made.apply(numbers.incrementAndGet());
        alive.put(process.id(), process);
        if (closed) {
            // Closing may have passed this number already.
            process.exit();
            checkOpen();
        }
        return process;
    }

    void remove(MachineProcess process) {
        alive.remove(process.id(), process);
    }

    /** Takes a page away from some process that nobody is working on. @return false if there is none */
    boolean evictFromOther(MachineProcess needy) {
        for (MachineProcess process : alive.values()) {
            if (process != needy && process.evictIfIdle()) {
                return true;
            }
        }
        return false;
    }

    private void checkOpen() {
        if (closed) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s has left", machine);
        }
    }
}
