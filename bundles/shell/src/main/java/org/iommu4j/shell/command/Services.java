package org.iommu4j.shell.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.api.sva.Processes;
import org.osgi.service.cm.ConfigurationAdmin;

/** The services that commands use, as they come and go. Any thread. */
public final class Services {
    /** Units change their state without a service event, so a wait looks again at least this often. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final String CORE = "org.iommu4j.core";

    private final AtomicReference<UnitStatus> status = new AtomicReference<>();
    private final AtomicReference<DriverSwap> swap = new AtomicReference<>();
    private final AtomicReference<Function<String[], String>> capturedMachines = new AtomicReference<>();
    private final AtomicReference<ConfigurationAdmin> configurations = new AtomicReference<>();
    private final ConcurrentSkipListMap<String, IommuOps> machines = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Processes> processes = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<Long, Plugin> plugins = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Consumer<Path> swappedIn;

    /** @param swappedIn is told of each jar whose driver has been put in charge */
    public Services(Consumer<Path> swappedIn) {
        this.swappedIn = swappedIn;
    }

    /** Where a command tells of a jar whose driver it has put in charge. */
    public Consumer<Path> swappedIn() {
        return swappedIn;
    }

    /** @throws IommuException NO_DEVICE if core is not there */
    public UnitStatus status() {
        return present(status, "the status service", CORE);
    }

    /** @throws IommuException NO_DEVICE if core is not there */
    public DriverSwap swap() {
        return present(swap, "the swap service", CORE);
    }

    /**
     * What makes a machine definition of a real machine's files; the contract is in the package documentation of
     * {@code org.iommu4j.shell}.
     *
     * @throws IommuException NO_DEVICE if nothing here can
     */
    public Function<String[], String> capturedMachines() {
        return present(capturedMachines, "the maker of machines from files", "org.iommu4j.hwsim");
    }

    /** True if machines can be made and configured. */
    public boolean canMakeMachines() {
        return capturedMachines.get() != null && configurations.get() != null;
    }

    /** @throws IommuException NO_DEVICE if it is not there */
    public ConfigurationAdmin configurations() {
        return present(configurations, "the configuration service", "org.apache.felix.configadmin");
    }

    /** Status now; empty if core is not there. */
    public Optional<UnitStatus> statusNow() {
        return Optional.ofNullable(status.get());
    }

    /**
     * True if there are units, all in such a state, and their machines' services are there too, which come after them.
     *
     * @param machine null for all machines
     */
    public boolean unitsAre(String machine, Predicate<UnitState> state) {
        List<UnitReport> units = units(machine);
        return !units.isEmpty()
                && units.stream().allMatch(unit -> state.test(unit.state()) && machines.containsKey(unit.machine()));
    }

    /** The units of a machine now. @param machine null for all machines */
    public List<UnitReport> units(String machine) {
        return statusNow().map(UnitStatus::units).orElse(List.of()).stream()
                .filter(unit -> machine == null || unit.machine().equals(machine)).toList();
    }

    /** Of all machines, sorted by their names. */
    public List<IommuOps> machines() {
        return List.copyOf(machines.values());
    }

    /** The machine of a name. @throws IommuException NO_DEVICE */
    public IommuOps machine(String name) {
        IommuOps ops = machines.get(name);
        if (ops == null) {
            throw IommuException.of(Reason.NO_DEVICE, "no machine '%s'; there are %s", name, machines.keySet());
        }
        return ops;
    }

    /** All machines, or the one of a name. @param name null for all */
    public List<IommuOps> machinesNamed(String name) {
        return name == null ? machines() : List.of(machine(name));
    }

    /** The processes of a machine. @param name null for the only machine that has some @throws IommuException */
    public Processes processes(String name) {
        Map<String, Processes> known = Map.copyOf(processes);
        if (name == null && known.size() > 1) {
            throw IommuException.of(Reason.INCOMPATIBLE, "machines %s have processes each: say --machine",
                    processes.keySet());
        }
        Processes found = name == null ? known.values().stream().findFirst().orElse(null) : known.get(name);
        if (found == null) {
            throw IommuException.of(Reason.NO_DEVICE, "%s no processes: is bundle org.iommu4j.mm active?",
                    name == null ? "no machine: there are" : "machine '" + name + "' has");
        }
        return found;
    }

    /** Of all machines, sorted by their names. */
    public List<Processes> processes() {
        return List.copyOf(processes.values());
    }

    /** True if neither core nor a service knows a machine of this name any more. */
    public boolean isGone(String machine) {
        return !machines.containsKey(machine)
                && statusNow().map(UnitStatus::machines).orElse(List.of()).stream().noneMatch(machine::equals);
    }

    /** Commands of other bundles, the longest registered first. */
    public List<Plugin> plugins() {
        return List.copyOf(plugins.values());
    }

    /** The command of a name; of several the longest registered. */
    public Optional<Plugin> plugin(String name) {
        return plugins.values().stream().filter(plugin -> plugin.name().equals(name)).findFirst();
    }

    /**
     * Waits for a condition on services or on the state of units.
     *
     * @return true once it holds, false if the limit passes before or the thread is interrupted; the interrupt is kept
     */
    public boolean await(BooleanSupplier condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    public void bind(UnitStatus service) {
        status.set(service);
        signal();
    }

    public void unbind(UnitStatus service) {
        status.compareAndSet(service, null);
    }

    public void bind(DriverSwap service) {
        swap.set(service);
        signal();
    }

    public void unbind(DriverSwap service) {
        swap.compareAndSet(service, null);
    }

    public void bindCapturedMachines(Function<String[], String> service) {
        capturedMachines.set(service);
        signal();
    }

    public void unbindCapturedMachines(Function<String[], String> service) {
        capturedMachines.compareAndSet(service, null);
    }

    public void bind(ConfigurationAdmin service) {
        configurations.set(service);
        signal();
    }

    public void unbind(ConfigurationAdmin service) {
        configurations.compareAndSet(service, null);
    }

    public void bind(String machine, IommuOps service) {
        machines.put(machine, service);
        signal();
    }

    public void unbind(String machine, IommuOps service) {
        machines.remove(machine, service);
    }

    public void bind(String machine, Processes service) {
        processes.put(machine, service);
        signal();
    }

    public void unbind(String machine, Processes service) {
        processes.remove(machine, service);
    }

    /** @param id the service's own */
    public void bind(long id, Plugin plugin) {
        plugins.put(id, plugin);
        signal();
    }

    public void unbindPlugin(long id) {
        plugins.remove(id);
    }

    private static <S> S present(AtomicReference<S> holder, String name, String bundle) {
        S service = holder.get();
        if (service == null) {
            throw IommuException.of(Reason.NO_DEVICE, "%s is not there: is bundle %s active?", name, bundle);
        }
        return service;
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
