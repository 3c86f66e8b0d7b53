package main

import (
	"fmt"
	"path"
	"strings"

	core "k8s.io/api/core/v1"
)

const flagFile, flagPrefix = "DRAWBRIDGE_FLAGFILE", "DRAWBRIDGE_"

// CheckFlagFile checks that the flag file is in a ConfigMap that can change in a running pod, and that no flag in it
// overrides one of the environment.
func CheckFlagFile(objects *Objects) []error {
	var faults []error
	for _, deployment := range objects.Deployments {
		environment := environmentOf(deployment)
		text, err := flagFileOf(objects, &deployment.Spec.Template.Spec, environment[flagFile])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, line := range strings.Split(text, "\n") {
			name, _, _ := strings.Cut(line, "=")
			if variable := flagPrefix + strings.ToUpper(strings.TrimSpace(name)); environment[variable] != "" {
				faults = append(faults, fmt.Errorf("the flag file hides %s", variable))
			}
		}
	}
	return faults
}

func flagFileOf(objects *Objects, pod *core.PodSpec, file string) (string, error) {
	for _, container := range pod.Containers {
		for _, mount := range container.VolumeMounts {
			if mount.MountPath != path.Dir(file) {
				continue
			}
			if mount.SubPath != "" || mount.SubPathExpr != "" {
				return "", fmt.Errorf("%s is below a subPath, where it never changes", file)
			}
			if text, found := keyOf(objects, pod, mount.Name, path.Base(file)); found {
				return text, nil
			}
		}
	}
	return "", fmt.Errorf("%s is %q, which no ConfigMap brings", flagFile, file)
}

func keyOf(objects *Objects, pod *core.PodSpec, volume, key string) (string, bool) {
	for _, each := range pod.Volumes {
		if each.Name != volume || each.ConfigMap == nil || objects.ConfigMaps[each.ConfigMap.Name] == nil {
			continue
		}
		text, found := objects.ConfigMaps[each.ConfigMap.Name].Data[key]
		return text, found
	}
	return "", false
}
