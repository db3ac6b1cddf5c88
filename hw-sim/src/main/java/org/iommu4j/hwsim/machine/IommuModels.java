package org.iommu4j.hwsim.machine;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.iommu4j.hwsim.amdvi.AmdModel;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.smmuv3.SmmuModel;
import org.iommu4j.hwsim.vtd.VtdModel;

/** The IOMMU architectures that a machine can have, by the name that definitions use. Immutable. */
public final class IommuModels {
    private final Map<String, ModelFactory> factories;

    public IommuModels(Map<String, ModelFactory> factories) {
        this.factories = new TreeMap<>(factories);
    }

    /** All models of this bundle; the only place that names them. */
    public static IommuModels all() {
        return new IommuModels(Map.of("amdvi", AmdModel::create, "smmuv3", SmmuModel::create,
                "vtd", VtdModel::create));
    }

    /** The same models; whoever watches is told of each one that is built. */
    public IommuModels watchedBy(Consumer<IommuModel> watcher) {
        Map<String, ModelFactory> watched = new TreeMap<>();
        factories.forEach((model, factory) -> watched.put(model, (name, node, board) -> {
            IommuModel built = factory.create(name, node, board);
            watcher.accept(built);
            return built;
        }));
        return new IommuModels(watched);
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT if there is no such model, or the definition is not for it */
    IommuModel create(UnitDefinition unit, Board board) {
        check(unit);
        return factories.get(unit.model()).create(unit.name(), unit.source(), board);
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT if there is no such model */
    void check(UnitDefinition unit) {
        if (!factories.containsKey(unit.model())) {
            throw unit.source().refuse("model", "is none of " + String.join(", ", factories.keySet()));
        }
    }
}
