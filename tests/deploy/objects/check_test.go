package main

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Each entry plants one fault in the rendered objects, which Check must find.
var planted = []struct{ name, old, new, want string }{
	{"unknown field", "minReadySeconds:", "minReadySecond:", `unknown field "spec.minReadySecond"`},
	{"unknown nested field", "allowPrivilegeEscalation:", "allowEscalation:", "allowEscalation"},
	{"wrong type", "minReadySeconds: 5", "minReadySeconds: five", "cannot unmarshal string"},
	{"bad quantity", "cpu: \"1\"", "cpu: 1 core", "quantities must match"},
	{"unknown version", "apiVersion: policy/v1", "apiVersion: policy/v9", "no kind \"PodDisruptionBudget\""},
	{"bad label", "app.kubernetes.io/version: \"", "app.kubernetes.io/version: \"-", "labels"},
	{"long name", "name: drawbridge\n", "name: drawbridge-of-a-long-name\n", "do not fit into a node id"},
	{"root", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"},
	{"escalation", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation"},
	{"capabilities", "drop: [ALL]", "add: [NET_ADMIN]", "NET_ADMIN"},
	{"seccomp", "type: RuntimeDefault", "type: Unconfined", "seccomp"},
	{"host port", "containerPort: 8080", "containerPort: 8080, hostPort: 80", "hostPort"},
	{"writable", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write"},
	{"token", "automountServiceAccountToken: false\n      #", "automountServiceAccountToken: true\n      #", "mounts a token"},
	{"short time to leave", "terminationGracePeriodSeconds: 55", "terminationGracePeriodSeconds: 45", "leaving takes 45s"},
	{"longer drain", `value: "30s"`, `value: "1m30s"`, "leaving takes 1m45s"},
	{"drain in the flag file", "max_connections=15000", "max_connections=15000\n    drain_spread=5m", "hides DRAWBRIDGE_DRAIN_SPREAD"},
	{"longer sleep", "sleep: {seconds: 5}", "sleep: {seconds: 50}", "leaving takes 1m30s"},
	{"no time to leave", "terminationGracePeriodSeconds: 55", "", "is 30s"},
	{"no account", "serviceAccountName: drawbridge", "serviceAccountName: nobody", `no ServiceAccount "nobody"`},
	{"no settings", "configMap:\n            name: drawbridge", "configMap:\n            name: nothing", `no ConfigMap "nothing"`},
	{"no flag file", "  flags: |", "  flag: |", `"/etc/drawbridge/config/flags", which no ConfigMap brings`},
	{"flag file elsewhere", "mountPath: /etc/drawbridge/config", "mountPath: /etc/drawbridge/flags", "which no ConfigMap brings"},
	{"flag file that never changes", "mountPath: /etc/drawbridge/config", "mountPath: /etc/drawbridge/config, subPath: a", "below a subPath"},
	{"environment elsewhere", "          env:", "          envFrom: [{configMapRef: {name: drawbridge}}]\n          env:", "not in the pod template"},
	{"no such probe port", "httpGet: {path: /readyz, port: admin}", "httpGet: {path: /readyz, port: http}", `a probe wants port "http"`},
	{"no such target", "targetPort: ws", "targetPort: http", `wants port "http"`},
	{"no such policy port", "- {port: admin, protocol: TCP}", "- {port: metrics, protocol: TCP}", `wants port "metrics"`},
	{"another port", `value: "0.0.0.0:8080"`, `value: "0.0.0.0:8000"`, `"0.0.0.0:8000"`},
	{"other pods", "app.kubernetes.io/instance: drawbridge\n  ports:", "app.kubernetes.io/instance: other\n  ports:", "does not choose the pods"},
}

func TestPlantedFaults(t *testing.T) {
	text, err := os.ReadFile("../../../deploy/kubernetes/drawbridge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range planted {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(string(text), test.old) {
				t.Fatalf("the objects have no %q", test.old)
			}
			faults := errors.Join(Check([]byte(strings.ReplaceAll(string(text), test.old, test.new)))...)
			if faults == nil || !strings.Contains(faults.Error(), test.want) {
				t.Errorf("want %q, got %v", test.want, faults)
			}
		})
	}
}

func TestObjectsOfTheProject(t *testing.T) {
	text, err := os.ReadFile("../../../deploy/kubernetes/drawbridge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if faults := errors.Join(Check(text)...); faults != nil {
		t.Error(faults)
	}
}
